/**
 * The public API for embedding: what a component author needs, what the Python reference has as a
 * library (nonce store, message signer, guard, event signer, event processor, health), the OTLP
 * codec, and the runtime itself.
 */
export * from './sdk/index.ts';
export * from './events/index.ts';
export * as otlp from './otlp/index.ts';
export { createService, Entry, Ledger, Service } from './runtime/index.ts';
export type {
  Balance,
  ComponentHealth,
  Environment,
  FinalBalance,
  LedgerSnapshot,
  ServiceGraph,
} from './runtime/index.ts';
export { EventProcessor } from './runtime/event-processor.ts';
export type { EventSink, SinkResult } from './runtime/event-processor.ts';
export { PoisoningGuard } from './components/processors/poisoning_guard/guard.ts';
export type {
  Alert,
  GuardAuditRecord,
  MemoryEntry,
  WriteValidation,
} from './components/processors/poisoning_guard/guard.ts';
export { HealthChecker } from './daemon/health/checker.ts';
export type { CheckResult, HealthCheck } from './daemon/health/checker.ts';
export { components } from './components/index.ts';
