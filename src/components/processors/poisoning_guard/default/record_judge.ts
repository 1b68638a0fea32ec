import { isAscii, isUtf8 } from 'node:buffer';
import { pathOf, TextWalk } from '../walk.ts';
import type { Place, TextVisitor, WalkEnd } from '../walk.ts';
import { withoutAllowed } from './allow.ts';
import type { AllowRule } from './allow.ts';
import { MODEL_RULE, placed, RecordFindings } from './findings.ts';
import type { Unreadable } from './findings.ts';
import { WITHOUT_RULE } from './policy.ts';
import type { Policy } from './policy.ts';
import { isBesideOthers, Siblings } from './siblings.ts';
import type { JoinedText } from './siblings.ts';
import { scoresOf, totalOf } from './score.ts';
import type { TextFinding, TextJudgement } from './score.ts';

/** What one record may cost. */
export interface RecordBudget {
  /** Arrays and maps within each other. */
  readonly depthMax: number;
  /** Bytes of one record, one resource or one scope. */
  readonly bytesMax: number;
  /** Strings in it, keys included. */
  readonly textsMax: number;
}

export interface RecordJudgeSettings {
  readonly budget: RecordBudget;
  readonly policy: Policy;
  readonly allow: readonly AllowRule[];
  /** Judges one text by all rules. */
  judge(text: string): TextJudgement;
  /** What it rules out need not be judged. */
  readonly look: TextLook;
}

/** A look at texts that is quick. */
export interface TextLook {
  /** The texts to come stand in these bytes. */
  load(bytes: Uint8Array, start: number, end: number): void;
  /** True when it is certain that `judge` finds nothing in the text in `[start, end)`, and that it is ASCII. */
  isClean(start: number, end: number): boolean;
}

/** Thrown inside a walk only, to leave it. */
class TooMany extends Error {}

/** Judges every string of records, resources and scopes, and siblings read as one text. */
export class RecordJudge {
  readonly #settings: RecordJudgeSettings;
  readonly #walk: TextWalk;
  #buffer: Buffer = Buffer.alloc(0);
  #found = new RecordFindings();
  #siblings = new Siblings();
  #sender = '';
  #texts = 0;
  /** Strings that were read whole, for the measures. */
  examined = 0;

  constructor(settings: RecordJudgeSettings) {
    this.#settings = settings;
    this.#walk = new TextWalk(settings.budget.depthMax);
  }

  /** The `LogRecord` in `bytes[start..end)`; `sender` is the `service.name` of its resource. */
  record(bytes: Uint8Array, start: number, end: number, sender: string): RecordFindings {
    return this.#examine('record', sender, bytes, [start, end], (visit) =>
      this.#walk.record(bytes, start, end, visit),
    );
  }

  /** The fields of a `ResourceLogs`. */
  resource(fields: Uint8Array, sender: string): RecordFindings {
    return this.#examine('resource', sender, fields, [0, fields.length], (visit) =>
      this.#walk.resource(fields, visit),
    );
  }

  /** The fields of a `ScopeLogs`. */
  scope(fields: Uint8Array, sender: string): RecordFindings {
    return this.#examine('scope', sender, fields, [0, fields.length], (visit) =>
      this.#walk.scope(fields, visit),
    );
  }

  /** A text by itself. */
  text(text: string, path: string): RecordFindings {
    this.#begin('');
    if (text.length > this.#settings.budget.bytesMax) this.#unreadable('guard_budget', path);
    else this.#judge(text, () => path);
    return this.#found;
  }

  #begin(sender: string): void {
    this.#found = new RecordFindings();
    this.#siblings = new Siblings();
    this.#sender = sender;
    this.#texts = 0;
  }

  #examine(
    what: string,
    sender: string,
    bytes: Uint8Array,
    [start, end]: readonly [number, number],
    walk: (visit: TextVisitor) => WalkEnd,
  ): RecordFindings {
    this.#begin(sender);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (end - start > this.#settings.budget.bytesMax) {
      this.#unreadable('guard_budget', what);
      return this.#found;
    }
    this.#settings.look.load(bytes, start, end);
    const outcome = this.#walked(walk);
    if (outcome === 'malformed') this.#unreadable('malformed_text', what);
    if (outcome === 'too_deep') this.#unreadable('guard_budget', what);
    for (const joined of this.#siblings.joined()) this.#judgeJoined(joined);
    return this.#found;
  }

  #walked(walk: (visit: TextVisitor) => WalkEnd): WalkEnd {
    try {
      return walk(this.#visit);
    } catch (thrown) {
      if (thrown instanceof TooMany) return 'too_deep';
      throw thrown;
    }
  }

  readonly #visit: TextVisitor = (start, end, place) => {
    if (++this.#texts > this.#settings.budget.textsMax) throw new TooMany();
    const isClean = this.#settings.look.isClean(start, end);
    if (isClean && !isBesideOthers(place)) return;
    const text = isClean
      ? this.#buffer.toString('latin1', start, end)
      : this.#textOf(start, end, place);
    if (text === undefined) return;
    this.#siblings.add(place, text);
    if (!isClean) this.#judge(text, () => pathOf(place));
  };

  #textOf(start: number, end: number, place: Place): string | undefined {
    const bytes = this.#buffer.subarray(start, end);
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (isUtf8(bytes)) return bytes.toString('utf8');
    this.#unreadable('malformed_text', pathOf(place));
    return undefined;
  }

  #judge(text: string, pathOfText: () => string): void {
    this.examined++;
    const judgement = this.#settings.judge(text);
    if (judgement.truncated === true) this.#unreadable('guard_budget', pathOfText());
    if (judgement.findings.length === 0 && judgement.verdict === 'allow') return;
    const path = pathOfText();
    const kept = this.#allowed(judgement, path, text);
    if (kept === undefined) return;
    for (const finding of kept.findings) this.#found.add(placed(finding, text, path));
    if (kept.model > 0 && kept.verdict !== 'allow') {
      this.#found.add(placed(opinionOf(kept, text), text, path));
    }
    this.#settings.policy.weigh(this.#found, kept);
  }

  /** Only what no sibling holds alone counts here. */
  #judgeJoined(joined: JoinedText): void {
    if (this.#isClean(joined.text)) return;
    this.examined++;
    const judgement = this.#settings.judge(joined.text);
    const path = pathOf(joined.place);
    const across = judgement.findings.filter(
      ({ rule, start, end }) => joined.isAcross(start, end) && !this.#isKnown(rule, path),
    );
    if (across.length === 0) return;
    const kept = this.#allowed(rescored(judgement, across), path, joined.text);
    if (kept === undefined) return;
    for (const finding of kept.findings) {
      this.#found.add(placed(finding, joined.text, path, true));
    }
    this.#settings.policy.weigh(this.#found, kept);
  }

  #isClean(text: string): boolean {
    const bytes = Buffer.from(text);
    this.#settings.look.load(bytes, 0, bytes.length);
    return this.#settings.look.isClean(0, bytes.length);
  }

  #isKnown(rule: string, path: string): boolean {
    return this.#found.list.some((each) => each.rule === rule && each.path === path);
  }

  /** What is left of a judgement when the operator's exceptions are taken out. */
  #allowed(judgement: TextJudgement, path: string, text: string): TextJudgement | undefined {
    const { allow } = this.#settings;
    if (allow.length === 0) return judgement;
    const place = { path, sender: this.#sender, text };
    const findings = withoutAllowed(judgement.findings, allow, place);
    if (findings === judgement.findings) return judgement;
    return findings.length === 0 ? undefined : rescored(judgement, findings);
  }

  #unreadable(reason: Unreadable, path: string): void {
    this.#found.unreadable ??= { reason, path };
  }
}

function opinionOf({ model, findings }: TextJudgement, text: string): TextFinding {
  const of = findings[0]?.class ?? WITHOUT_RULE;
  const whole = { start: 0, end: text.length, chain: [] };
  return { rule: MODEL_RULE, class: of, severity: 'medium', weight: model, ...whole };
}

/** The same judgement from some of its findings. */
function rescored(judgement: TextJudgement, findings: readonly TextFinding[]): TextJudgement {
  if (findings.length === judgement.findings.length) return judgement;
  const scores = scoresOf(findings);
  const total = totalOf(scores);
  const verdict = total >= 2 ? 'block' : total >= 1 ? 'flag' : 'allow';
  return { ...judgement, verdict, total, model: 0, score: Object.fromEntries(scores), findings };
}
