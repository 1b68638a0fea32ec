import type { PoisoningGuardConfig } from '../../components/processors/poisoning_guard/index.ts';
import { messageOf } from '../../sdk/index.ts';
import { inputOf, itemsOf } from './input.ts';
import type { Form } from './input.ts';
import type { Fault, Item, TextPiece } from './item.ts';
import { judgeOf, together, unreadable } from './judges.ts';
import type { ScanFinding, ScanJudge, ScanJudgement, ScanVerdict } from './judges.ts';

export const OUTPUTS = ['jsonl', 'text'] as const;

export interface ScanRequest {
  /** `-` is standard input. */
  readonly files: readonly string[];
  /** What a `poisoning_guard` has under it, its defaults included. */
  readonly guard: PoisoningGuardConfig;
  readonly format: (typeof OUTPUTS)[number];
  readonly form: Form;
}

/** Where a scan reads and writes. */
export interface ScanStreams {
  readonly stdin: AsyncIterable<Buffer>;
  /** Resolves when there is room for more; false when nobody reads any longer. */
  out(line: string): Promise<boolean>;
  err(line: string): void;
  /** Milliseconds that only go forward. */
  nowMs(): number;
}

const EXIT_CLEAN = 0;
const EXIT_BLOCKED = 1;
const EXIT_UNREADABLE = 2;

const PROGRESS_MS = 2000;
/** Findings of one line of output. */
const FINDINGS_MAX = 64;
/** Rules that the summary names. */
const RULES_SHOWN = 8;

/** Judges files without a daemon. Exit codes: 1 something was blocked, 2 something was unreadable. */
export async function scan(request: ScanRequest, streams: ScanStreams): Promise<number> {
  return await new Scan(request, streams).run();
}

class Scan {
  readonly #request: ScanRequest;
  readonly #streams: ScanStreams;
  readonly #judge: ScanJudge;
  readonly #counts: Record<ScanVerdict, number> = { allow: 0, flag: 0, block: 0 };
  readonly #rules = new Map<string, number>();
  #unread = 0;
  #isHeard = true;
  #saidAtMs: number;

  constructor(request: ScanRequest, streams: ScanStreams) {
    this.#request = request;
    this.#streams = streams;
    this.#judge = judgeOf(request.guard);
    this.#saidAtMs = streams.nowMs();
  }

  async run(): Promise<number> {
    for (const name of this.#request.files) {
      try {
        await this.#file(name);
      } catch (thrown) {
        this.#fault({ where: name, message: `cannot be read: ${messageOf(thrown)}` });
      }
      if (!this.#isHeard) break;
    }
    this.#summary();
    if (this.#unread > 0) return EXIT_UNREADABLE;
    return this.#counts.block > 0 ? EXIT_BLOCKED : EXIT_CLEAN;
  }

  async #file(name: string): Promise<void> {
    const items = itemsOf(inputOf(name, this.#streams.stdin), this.#request.form);
    for await (const item of items) {
      if ('where' in item) this.#fault(item);
      else await this.#item(item);
      if (!this.#isHeard) return;
      this.#progress(name);
    }
  }

  async #item(item: Item): Promise<void> {
    switch (item.kind) {
      case 'text':
        return await this.#say(item.id, await this.#text(item.texts));
      case 'record':
        return await this.#say(item.id, this.#judge.record(item.bytes));
      case 'unreadable':
        return await this.#say(item.id, unreadable(item.reason, item.id));
      case 'request': {
        const { records } = item;
        for (let row = 0; row < records.count; row++) {
          const record = records.at(row);
          const id = records.count === 1 ? item.id : `${item.id}#${row}`;
          await this.#say(id, this.#judge.record(record.bytes, record.group));
        }
      }
    }
  }

  /** Pieces overlap: what stands in both is found twice and said once. */
  async #text(pieces: AsyncIterable<TextPiece>): Promise<ScanJudgement> {
    const judgements: ScanJudgement[] = [];
    const seen = new Set<string>();
    try {
      for await (const { text, offset } of pieces) {
        const { verdict, findings } = this.#judge.text(text);
        const moved = offset === 0 ? findings : findings.map((each) => movedBy(each, offset));
        const fresh = moved.filter((each) => {
          const key = `${each.rule} ${String(each['start'])}`;
          return !seen.has(key) && seen.size < FINDINGS_MAX && seen.add(key) !== undefined;
        });
        judgements.push({ verdict, findings: fresh });
      }
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      judgements.push(unreadable('malformed_text', 'text'));
    }
    return together(judgements);
  }

  async #say(id: string, { verdict, findings }: ScanJudgement): Promise<void> {
    this.#counts[verdict]++;
    for (const { rule } of findings) this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
    const shown = findings.slice(0, FINDINGS_MAX);
    if (this.#request.format === 'jsonl') {
      this.#isHeard = await this.#streams.out(JSON.stringify({ id, verdict, findings: shown }));
      return;
    }
    if (verdict === 'allow') return;
    for (const finding of shown) {
      this.#isHeard = await this.#streams.out(lineOf(id, verdict, finding));
      if (!this.#isHeard) return;
    }
  }

  #fault({ where, message }: Fault): void {
    this.#unread++;
    this.#streams.err(`${where}: ${message}`);
  }

  #progress(name: string): void {
    const nowMs = this.#streams.nowMs();
    if (nowMs - this.#saidAtMs < PROGRESS_MS) return;
    this.#saidAtMs = nowMs;
    const { allow, flag, block } = this.#counts;
    this.#streams.err(`${allow + flag + block} judged, in ${name} …`);
  }

  #summary(): void {
    const { allow, flag, block } = this.#counts;
    const unread = this.#unread === 0 ? '' : `, ${this.#unread} unreadable`;
    const counts = `${block} blocked, ${flag} flagged, ${allow} allowed${unread}`;
    this.#streams.err(
      `${allow + flag + block} judged by ruleset ${this.#request.guard.ruleset}: ${counts}`,
    );
    const rules = [...this.#rules].toSorted((a, b) => b[1] - a[1]).slice(0, RULES_SHOWN);
    for (const [rule, times] of rules) this.#streams.err(`  ${rule}: ${times}`);
  }
}

function movedBy(finding: ScanFinding, offset: number): ScanFinding {
  const { start, end } = finding;
  if (typeof start !== 'number' || typeof end !== 'number') return finding;
  return { ...finding, start: start + offset, end: end + offset };
}

/** A finding for people. */
function lineOf(id: string, verdict: ScanVerdict, finding: ScanFinding): string {
  const { chain, excerpt } = finding;
  const via = Array.isArray(chain) && chain.length > 0 ? `, via ${chain.join(' > ')}` : '';
  const shown = typeof excerpt === 'string' ? `: ${excerpt}` : '';
  return `${id}: ${verdict}: ${finding.rule} in ${finding.path} (${finding.severity}${via})${shown}`;
}
