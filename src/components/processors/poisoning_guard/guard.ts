import { hash } from 'node:crypto';
import { ReferenceRuleset } from './reference/ruleset.ts';
import { CLEAN, COUNTED, Screen } from './screen.ts';
import type { AlertSeverity, AlertType, Rule } from './reference/rules.ts';

/** One thing found in a text. */
export interface Alert {
  readonly type: AlertType;
  readonly severity: AlertSeverity;
  readonly message: string;
  /** Who wrote the text, as the caller said. */
  readonly source: string;
  /** Which rule; for example `injection:injection[0]`. */
  readonly rule: string;
  /** What the rule looks for, in words; absent for rules about characters and for errors. */
  readonly pattern?: string;
}

export interface WriteValidation {
  /** False when an alert is high or critical. */
  readonly allowed: boolean;
  readonly alerts: readonly Alert[];
}

/** That a text was looked at, and what came of it. Holds a hash of the text, not the text. */
export interface GuardAuditRecord {
  readonly timeMs: number;
  readonly source: string;
  /** SHA-256 of the UTF-8 text in hex; of nothing when there was no well-formed text. */
  readonly contentHash: string;
  readonly allowed: boolean;
  readonly alerts: readonly Alert[];
}

/** A text in a memory with the hash it had when it was written. */
export interface MemoryEntry {
  readonly content: string;
  readonly source: string;
  /** SHA-256 of the UTF-8 text in hex. */
  readonly contentHash: string;
}

/** What is said of a text that is none: fail closed (W13). */
const MALFORMED: Rule = {
  id: 'malformed_text',
  type: 'injection_pattern',
  severity: 'critical',
  message: 'This is not a well-formed text; it is blocked.',
  pattern: undefined,
};

const ALTERED: Rule = {
  id: 'integrity',
  type: 'integrity_violation',
  severity: 'critical',
  message: 'The text is not what it was when it was written.',
  pattern: undefined,
};

const ruleset = new ReferenceRuleset();
/** Made with the first text. */
let screen: Screen | undefined;

/**
 * The rules of the reference that a text matches, in its order. Anything but a well-formed string
 * matches the one critical rule `malformed_text`. Never throws; time is linear in the length.
 */
export function scanText(text: unknown): readonly Rule[] {
  if (typeof text !== 'string' || !text.isWellFormed()) return [MALFORMED];
  const bytes = Buffer.from(text, 'utf8');
  return scanUtf8(bytes);
}

/** As {@link scanText} for UTF-8. */
export function scanUtf8(bytes: Uint8Array): readonly Rule[] {
  screen ??= new Screen(ruleset.screen, 0, 0);
  screen.load(bytes, 0, bytes.length);
  const seen = screen.look(0, bytes.length);
  if (seen === CLEAN) return [];
  if (seen === COUNTED) return [ruleset.counted];
  return ruleset.judge(bytes, 0, bytes.length) ?? [MALFORMED];
}

/** SHA-256 of the UTF-8 text in hex, as {@link MemoryEntry.contentHash} has it. */
export function contentHash(text: string): string {
  return hash('sha256', text, 'hex');
}

function isBlocking({ severity }: { readonly severity: AlertSeverity }): boolean {
  return severity === 'high' || severity === 'critical';
}

function alertOf(rule: Rule, source: string): Alert {
  const { type, severity, message, id, pattern } = rule;
  const alert = { type, severity, message, source, rule: id };
  return pattern === undefined ? alert : { ...alert, pattern };
}

function wellFormed(text: unknown): string | undefined {
  return typeof text === 'string' && text.isWellFormed() ? text : undefined;
}

/** Screens what is written into an agent's memory, and keeps a bounded record of it. */
export class PoisoningGuard {
  readonly #wallMs: () => number;
  readonly #auditRecordsMax: number;
  readonly #audit: GuardAuditRecord[] = [];

  /** `auditRecordsMax`: as many of the last audit records are kept (W24). */
  constructor(options: { clock?: { wallMs(): number }; auditRecordsMax?: number } = {}) {
    const { clock, auditRecordsMax = 10_000 } = options;
    this.#wallMs = clock === undefined ? Date.now : () => clock.wallMs();
    this.#auditRecordsMax = auditRecordsMax;
  }

  /** Whether the text may be written, and all that was found in it. Never throws. */
  validateWrite(content: unknown, source: string): WriteValidation {
    const rules = scanText(content);
    const alerts = rules.map((rule) => alertOf(rule, source));
    const allowed = !rules.some(isBlocking);
    this.#remember({
      timeMs: this.#wallMs(),
      source,
      contentHash: contentHash(wellFormed(content) ?? ''),
      allowed,
      alerts: [...alerts],
    });
    return { allowed, alerts };
  }

  /** The last audit records, oldest first; a copy. */
  get auditLog(): readonly GuardAuditRecord[] {
    return this.#audit.slice(-this.#auditRecordsMax);
  }

  /** True when the text still has its hash. Never throws. */
  verifyIntegrity(entry: MemoryEntry): boolean {
    const content = wellFormed(entry.content);
    return content !== undefined && contentHash(content) === entry.contentHash;
  }

  /** All that is wrong with entries of a memory: altered texts, and what their content matches. */
  scanMemory(entries: Iterable<MemoryEntry>): readonly Alert[] {
    const alerts: Alert[] = [];
    for (const entry of entries) {
      if (!this.verifyIntegrity(entry)) alerts.push(alertOf(ALTERED, entry.source));
      if (wellFormed(entry.content) === undefined) continue;
      for (const rule of scanText(entry.content)) alerts.push(alertOf(rule, entry.source));
    }
    return alerts;
  }

  #remember(record: GuardAuditRecord): void {
    // Cut in one go when twice as long: shifting at every write would cost the length each time.
    this.#audit.push(record);
    if (this.#audit.length > 2 * this.#auditRecordsMax) {
      this.#audit.splice(0, this.#audit.length - this.#auditRecordsMax);
    }
  }
}
