import { describe, expect, test } from 'vitest';
import { DaemonLog } from './log.ts';
import type { LogSettings } from './log.ts';

function logging(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const log = new DaemonLog(
    { level: 'info', encoding: 'console', fields: {}, ...settings },
    { write: (line) => void lines.push(line) },
  );
  return { log, lines };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

describe('console', () => {
  test('time, level, message and fields stand apart by tabs', () => {
    const { log, lines } = logging();
    log.logger('otlp').warn('slow', { ms: 3 });
    const [time, ...rest] = (lines[0] ?? '').split('\t');
    expect(time).toMatch(TIME);
    expect(rest).toEqual(['warn', 'slow', '{"otelcol.component.id":"otlp","ms":3}\n']);
  });

  test('text of others cannot make lines or move the cursor', () => {
    const { log, lines } = logging();
    log.logger().error('a\nb\u001b[2J\u202e', { why: 'c\nd' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split('\n')).toHaveLength(2);
    expect(lines[0]).toContain('a\\u000ab\\u001b[2J\\u202e');
  });
});

test('json has the keys of the Collector', () => {
  const { log, lines } = logging({ encoding: 'json', fields: { host: 'h' } });
  log.logger('signer').info('ready', { keys: 1 });
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    ts: expect.stringMatching(TIME) as string,
    host: 'h',
    'otelcol.component.id': 'signer',
    keys: 1,
    msg: 'ready',
  });
});

test('below the level nothing is written, not even to other sinks', () => {
  const { log, lines } = logging({ level: 'warn' });
  const sunk: unknown[] = [];
  log.sinks.push({ write: (...line) => void sunk.push(line) });
  const logger = log.logger('a');
  logger.info('no');
  logger.error('yes', { n: 1 });
  expect(lines).toHaveLength(1);
  expect(sunk).toEqual([['error', 'a', 'yes', { n: 1 }]]);
});

test('the final balance is written whatever the level is', () => {
  const { log, lines } = logging({ level: 'error', encoding: 'json' });
  log.say('final balance', { lost: 0 });
  log.logger().info('no');
  expect(lines).toHaveLength(1);
});
