import { DiagLogLevel, SeverityNumber, diag } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { Logger } from '../../sdk/index.ts';
import type { LogProcessorSettings, OtlpLogSettings, ServiceSettings } from '../config/settings.ts';
import type { LogLevel, LogSink } from '../host/log.ts';

const SEVERITY: Readonly<Record<LogLevel, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
};

/** The daemon's own log on its way to an OTLP receiver. */
export interface OwnLogs extends LogSink {
  /** Sends what is buffered; waits at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** Sends the daemon's own log with the OpenTelemetry SDK, whose troubles it logs on stderr. */
export function sendOwnLogs(
  telemetry: ServiceSettings['telemetry'],
  version: string,
  troubles: Logger,
): OwnLogs {
  diag.setLogger(
    {
      error: (message) => troubles.error(message),
      warn: (message) => troubles.warn(message),
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.WARN,
  );
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': 'countersign',
      'service.version': version,
      ...writtenAttributes(telemetry.resource),
    }),
    processors: telemetry.logs.processors.map(processorOf),
  });
  const scope = provider.getLogger('countersign', version);
  return {
    write(level, component, message, fields) {
      scope.emit({
        timestamp: Date.now(),
        severityNumber: SEVERITY[level],
        severityText: level.toUpperCase(),
        body: message,
        attributes: {
          ...fields,
          ...(component !== undefined && { 'otelcol.component.id': component }),
        },
      });
    },
    async close(timeoutMs) {
      const timeout = new Promise<void>((resolve) => void setTimeout(resolve, timeoutMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), timeout]);
    },
  };
}

/** `key: null` takes a default attribute away in the Collector; there is nothing to take away here. */
function writtenAttributes(resource: ServiceSettings['telemetry']['resource']) {
  const written: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(resource)) if (value !== null) written[key] = value;
  return written;
}

function processorOf(settings: LogProcessorSettings): LogRecordProcessor {
  if ('simple' in settings) {
    return new SimpleLogRecordProcessor({ exporter: exporterOf(settings.simple.exporter.otlp) });
  }
  const { exporter, schedule_delay, export_timeout, max_queue_size, max_export_batch_size } =
    settings.batch;
  return new BatchLogRecordProcessor({
    exporter: exporterOf(exporter.otlp),
    scheduledDelayMillis: schedule_delay,
    exportTimeoutMillis: export_timeout,
    maxQueueSize: max_queue_size,
    maxExportBatchSize: max_export_batch_size,
  });
}

function exporterOf(settings: OtlpLogSettings): OTLPLogExporter {
  const { endpoint, headers, timeout } = settings;
  const url = new URL(endpoint);
  if (url.pathname === '/') url.pathname = '/v1/logs';
  const pairs = Array.isArray(headers)
    ? headers.map(({ name, value }) => [name, value.reveal()] as const)
    : Object.entries(headers ?? {}).map(([name, value]) => [name, value.reveal()] as const);
  return new OTLPLogExporter({
    url: url.href,
    headers: Object.fromEntries(pairs),
    timeoutMillis: timeout,
  });
}
