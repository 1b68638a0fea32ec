import { pino } from 'pino';
import type { LogFields, Logger } from '../../sdk/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What else gets every line that is written, such as an OTLP exporter. */
export interface LogSink {
  write(level: LogLevel, component: string | undefined, message: string, fields: LogFields): void;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly encoding: 'console' | 'json';
  /** Fields of every line. */
  readonly fields: LogFields;
}

/** Where lines go: file descriptor 2 in the daemon, a list in tests. */
export interface LineStream {
  write(line: string): void;
}

const COMPONENT_KEY = 'otelcol.component.id';

/**
 * The daemon's own log: pino, with the Collector's keys (`level`, `ts`, `msg`,
 * `otelcol.component.id`), as JSON or as tab-separated text. Written at once by this thread, so
 * that the last words before an exit are there.
 */
export class DaemonLog {
  readonly encoding: LogSettings['encoding'];
  readonly sinks: LogSink[] = [];
  readonly #pino: pino.Logger;
  readonly #stream: LineStream;

  constructor(settings: LogSettings, stream: LineStream = standardError()) {
    this.encoding = settings.encoding;
    this.#stream = stream;
    const lines =
      settings.encoding === 'json'
        ? stream
        : { write: (line: string) => stream.write(consoleLine(line)) };
    this.#pino = pino(
      {
        level: settings.level,
        base: { ...settings.fields },
        messageKey: 'msg',
        timestamp: () => `,"ts":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      lines,
    );
  }

  /** Text for people, between the lines; only where lines are for people too. */
  print(text: string): void {
    if (this.encoding === 'console') this.#stream.write(text);
  }

  /** A line that is written whatever the level is: the final balance. */
  say(message: string, fields: LogFields): void {
    const { level } = this.#pino;
    this.#pino.level = 'info';
    this.#pino.info(fields, message);
    this.#pino.level = level;
  }

  /** The logger of one component, or of the daemon itself. */
  logger(component?: string): Logger {
    const write =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        if (!this.#pino.isLevelEnabled(level)) return;
        const all = component === undefined ? fields : { [COMPONENT_KEY]: component, ...fields };
        this.#pino[level](all, message);
        for (const sink of this.sinks) sink.write(level, component, message, fields);
      };
    return {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
    };
  }
}

function standardError(): LineStream {
  const stream = pino.destination({ fd: 2, sync: true });
  // A supervisor that closed our stderr must not end the daemon.
  stream.on('error', () => undefined);
  return { write: (line) => void stream.write(line) };
}

/** `2026-08-01T12:00:00.000Z\tinfo\tmessage\t{"otelcol.component.id":"otlp"}` */
function consoleLine(json: string): string {
  const { level, ts, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.keys(fields).length === 0 ? '' : `\t${JSON.stringify(fields)}`;
  return `${String(ts)}\t${String(level)}\t${printable(String(msg))}${rest}\n`;
}

/** Text of others may hold line ends and terminal sequences: they are shown, not obeyed. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
