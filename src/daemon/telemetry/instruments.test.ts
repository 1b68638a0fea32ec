import { createNoopMeter } from '@opentelemetry/api';
import type { Attributes, BatchObservableCallback, Meter, Observable } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { testBranch, testPipeline, testSnapshot } from '../testing/snapshot.ts';
import { observeLedger } from './instruments.ts';
import { hasMeterProvider } from './provider.ts';

/** A meter that remembers names and asks the callbacks when it is collected. */
function collectingMeter() {
  const callbacks = new Set<BatchObservableCallback>();
  const names = new Map<Observable, string>();
  const named = (name: string) => {
    const instrument = createNoopMeter().createObservableGauge(name);
    // The no-op meter hands out one shared object: each name needs its own.
    const own: typeof instrument = Object.create(instrument);
    names.set(own, name);
    return own;
  };
  const meter: Meter = {
    ...createNoopMeter(),
    createObservableCounter: named,
    createObservableGauge: named,
    createObservableUpDownCounter: named,
    addBatchObservableCallback: (callback) => void callbacks.add(callback),
    removeBatchObservableCallback: (callback) => void callbacks.delete(callback),
  };
  const collect = () => {
    const seen: [string | undefined, number, Attributes | undefined][] = [];
    for (const callback of callbacks) {
      void callback({
        observe: (instrument, value, attributes) =>
          void seen.push([names.get(instrument), value, attributes]),
      });
    }
    return seen;
  };
  return { meter, collect };
}

test('the books can be read through OpenTelemetry, until it is ended', () => {
  const { meter, collect } = collectingMeter();
  const snapshot = testSnapshot({
    pipelines: [testPipeline({ branches: [testBranch({ delivered: 7, inFlight: 2 })] })],
  });
  const end = observeLedger(() => snapshot, meter);
  expect(collect()).toEqual(
    expect.arrayContaining([
      ['countersign.conservation_error', 0, undefined],
      ['countersign.stage.in_flight', 2, { pipeline: 'logs', stage: 'otlp_http' }],
      [
        'countersign.stage.records',
        7,
        { pipeline: 'logs', stage: 'otlp_http', outcome: 'delivered' },
      ],
      [
        'countersign.stage.records',
        0,
        { pipeline: 'logs', stage: 'nonce_dedup', outcome: 'dropped', reason: 'replay' },
      ],
    ]),
  );
  end();
  expect(collect()).toEqual([]);
});

test('nobody set up metrics here', () => expect(hasMeterProvider()).toBe(false));
