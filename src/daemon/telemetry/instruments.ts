import { metrics } from '@opentelemetry/api';
import type { Meter } from '@opentelemetry/api';
import type { LedgerSnapshot } from '../../runtime/index.ts';

/**
 * Shows the books through OpenTelemetry: observable counters that read the ledger when they are
 * collected, for programs that embed countersign and have a MeterProvider of their own.
 *
 * Gives back what ends it.
 */
export function observeLedger(
  snapshot: () => LedgerSnapshot,
  meter: Meter = metrics.getMeter('countersign'),
): () => void {
  const records = meter.createObservableCounter('countersign.stage.records', {
    description: 'Records that left a stage, by what became of them and why.',
    unit: '{record}',
  });
  const inFlight = meter.createObservableUpDownCounter('countersign.stage.in_flight', {
    description: 'Records in a stage that have not ended yet.',
    unit: '{record}',
  });
  const error = meter.createObservableGauge('countersign.conservation_error', {
    description: 'Laws of the books that do not hold.',
  });
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    const { pipelines, audit } = snapshot();
    result.observe(error, audit.length);
    for (const pipeline of pipelines) {
      for (const books of [...pipeline.stages, ...pipeline.branches]) {
        const at = { pipeline: pipeline.id, stage: books.id };
        result.observe(inFlight, books.inFlight, at);
        result.observe(records, books.delivered, { ...at, outcome: 'delivered' });
        for (const outcome of ['failed', 'dropped'] as const) {
          for (const [reason, count] of Object.entries(books[outcome])) {
            result.observe(records, count, { ...at, outcome, reason });
          }
        }
      }
    }
  };
  const instruments = [records, inFlight, error];
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}
