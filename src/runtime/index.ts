export type { AdmissionSettings } from './admission.ts';
export type { Balance } from './ledger.ts';
export { Entry, Ledger } from './ledger.ts';
export { BRANCH_REASONS } from './reasons.ts';
export type { Configured, Environment, ServiceGraph } from './graph.ts';
export { createService, Service } from './service.ts';
export type {
  BranchBooks,
  ComponentHealth,
  FinalBalance,
  LedgerSnapshot,
  PipelineSnapshot,
  ReceiverBooks,
  StageBooks,
} from './snapshot.ts';
