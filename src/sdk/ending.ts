/** What a sender is told of a record that was not delivered. */
export type Told =
  /** A retry cannot change it and nothing is wrong: recognised as a duplicate, filtered. */
  | 'accepted'
  /** Refused for good: a retry would fail in the same way. */
  | 'rejected'
  /** Not now: the sender still owns it and should send it again. */
  | 'retryable';

/**
 * The declaration of a reason: what it means and what follows from it. One row of the reference.
 *
 * A processor's `failed` is for what a retry may cure; what it refuses for good is `dropped`. So
 * `failed` and told `rejected` always comes from a backend, and a nonce is committed by it.
 */
export interface ReasonDeclaration {
  readonly ending: 'dropped' | 'failed';
  readonly told: Told;
  /** One sentence for the operator. */
  readonly meaning: string;
}

/** Reasons by their code, `snake_case`. Closed: a reason that is not declared cannot be counted. */
export type ReasonTable<Reason extends string = string> = Readonly<
  Record<Reason, ReasonDeclaration>
>;

/** What became of a record at a stage. */
export type Ending =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'dropped' | 'failed'; readonly reason: string; readonly told: Told };

export const DELIVERED: Ending = { kind: 'delivered' };

/** The ending that a declared reason stands for. */
export function endingOf(reason: string, declaration: ReasonDeclaration): Ending {
  return { kind: declaration.ending, reason, told: declaration.told };
}
