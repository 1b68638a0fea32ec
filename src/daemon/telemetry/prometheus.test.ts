import { describe, expect, test } from 'vitest';
import { testBranch, testPipeline, testSnapshot } from '../testing/snapshot.ts';
import { Exposition } from './exposition.ts';
import { metricsText } from './prometheus.ts';

const USE = {
  uptimeSeconds: 1.5,
  cpuSeconds: 0.25,
  residentBytes: 1000,
  heapUsedBytes: 500,
  version: '1',
};

/** Series by name and labels, as a scraper sees them. */
function series(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^(\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    expect(name, line).toBeDefined();
    expect(found.has(name ?? ''), `${line} stands twice`).toBe(false);
    found.set(name ?? '', Number(value));
  }
  return found;
}

describe('before any traffic', () => {
  const idle = series(metricsText(testSnapshot(), USE));

  test.each([
    'otelcol_receiver_accepted_log_records{receiver="otlp",transport="http"}',
    'otelcol_receiver_refused_log_records{receiver="otlp",transport="http"}',
    'otelcol_exporter_sent_log_records{exporter="otlp_http"}',
    'otelcol_exporter_send_failed_log_records{exporter="otlp_http"}',
    'otelcol_exporter_enqueue_failed_log_records{exporter="otlp_http"}',
    'otelcol_exporter_queue_size{exporter="otlp_http",data_type="logs"}',
    'countersign_conservation_error',
    'countersign_lost_records_total',
    'countersign_stage_in_flight{pipeline="logs",stage="nonce_dedup"}',
    'countersign_stage_records_total{pipeline="logs",stage="nonce_dedup",outcome="delivered",reason=""}',
    'countersign_stage_records_total{pipeline="logs",stage="nonce_dedup",outcome="dropped",reason="replay"}',
    'countersign_stage_records_total{pipeline="logs",stage="nonce_dedup",outcome="failed",reason="unsettled"}',
    'countersign_stage_records_total{pipeline="logs",stage="otlp_http",outcome="failed",reason="rejected_by_backend"}',
    'countersign_receiver_turned_away_requests_total{receiver="otlp",reason="undecodable"}',
  ])('%s is 0', (name) => {
    expect(idle.get(name)).toBe(0);
  });

  test('what is no count has its value', () => {
    expect(idle.get('otelcol_exporter_queue_capacity{exporter="otlp_http",data_type="logs"}')).toBe(
      1000,
    );
    expect(idle.get('countersign_nonce_entries{pipeline="logs",stage="nonce_dedup"}')).toBe(3);
  });
});

test('one blocked record moves exactly one series with an outcome', () => {
  const [stage] = testPipeline().stages;
  const after = testSnapshot({
    pipelines: [
      testPipeline({
        submitted: 1,
        dropped: { replay: 1 },
        stages: stage === undefined ? [] : [{ ...stage, submitted: 1, dropped: { replay: 1 } }],
      }),
    ],
  });
  const before = series(metricsText(testSnapshot(), USE));
  const moved = [...series(metricsText(after, USE))].filter(
    ([name, value]) =>
      /outcome="(?:dropped|failed)"/.test(name) && value !== (before.get(name) ?? 0),
  );
  expect(moved).toEqual([
    [
      'countersign_stage_records_total{pipeline="logs",stage="nonce_dedup",outcome="dropped",reason="replay"}',
      1,
    ],
  ]);
});

test('one exporter in two pipelines adds up where the Collector has no pipeline label', () => {
  const snapshot = testSnapshot({
    pipelines: [
      testPipeline({
        branches: [testBranch({ delivered: 2, failed: { queue_full: 1, other: 4 } })],
      }),
      testPipeline({ id: 'logs/b', branches: [testBranch({ delivered: 3 })] }),
    ],
  });
  const found = series(metricsText(snapshot, USE));
  expect(found.get('otelcol_exporter_sent_log_records{exporter="otlp_http"}')).toBe(5);
  expect(found.get('otelcol_exporter_send_failed_log_records{exporter="otlp_http"}')).toBe(4);
  expect(found.get('otelcol_exporter_enqueue_failed_log_records{exporter="otlp_http"}')).toBe(1);
});

test('the audit is a number', () => {
  const found = series(metricsText(testSnapshot({ audit: ['a', 'b'] }), USE));
  expect(found.get('countersign_conservation_error')).toBe(2);
});

test('counters end in _total and nothing else does', () => {
  const types = metricsText(testSnapshot(), USE).matchAll(/^# TYPE (\S+) (\S+)$/gm);
  for (const [, name = '', type] of types) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
  }
});

test('labels and help are escaped', () => {
  const page = new Exposition();
  page.add('x', 'gauge', 'a\\b\nc', 1, { 'some-key': 'q"\\\n' });
  expect(page.toString()).toBe(
    '# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{some_key="q\\"\\\\\\n"} 1\n',
  );
});
