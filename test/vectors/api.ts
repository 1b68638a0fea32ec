export * from '../../src/events/index.ts';
export { KeyValueList } from '../../src/sdk/index.ts';
export type { AttributeValue, Clock } from '../../src/sdk/index.ts';
export { EventProcessor } from '../../src/runtime/event-processor.ts';
export type { EventSink, SinkResult } from '../../src/runtime/event-processor.ts';
export { HealthChecker } from '../../src/daemon/health/checker.ts';
export type { CheckResult, HealthCheck } from '../../src/daemon/health/checker.ts';
