import type { ErrorCode } from '../../sdk/index.ts';

/** Where a value was written: a file (or `--set …`, `env:NAME`) and, from 1, line and column. */
export interface Place {
  readonly source: string;
  /** 0: the source has no lines, such as a `--set`. */
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong, or odd, in a configuration. Holds no secret. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** The path of the value, `exporters.otlp_http.endpoint`; '' for the whole. */
  readonly path: string;
  /** What was found, what is allowed, what to do. */
  readonly message: string;
  readonly place: Place | undefined;
  readonly code: ProblemCode;
}

/** Unreadable: a source could not be had; usage: the command line is wrong; else its content. */
export type ProblemCode = Extract<
  ErrorCode,
  'CS_CONFIG_INVALID' | 'CS_CONFIG_UNREADABLE' | 'CS_USAGE_INVALID'
>;

/** Collects problems, so that one pass reports all of them. */
export class ProblemList {
  readonly all: Problem[] = [];

  error(
    path: string,
    message: string,
    place: Place | undefined,
    code: ProblemCode = 'CS_CONFIG_INVALID',
  ): void {
    this.#add({ severity: 'error', path, message, place, code });
  }

  warn(path: string, message: string, place: Place | undefined): void {
    this.#add({ severity: 'warning', path, message, place, code: 'CS_CONFIG_INVALID' });
  }

  get hasErrors(): boolean {
    return this.all.some((problem) => problem.severity === 'error');
  }

  /** A value reached through an alias or by two rules is reported once. */
  #add(problem: Problem): void {
    const text = formatProblem(problem);
    if (!this.all.some((other) => formatProblem(other) === text)) this.all.push(problem);
  }
}

/** `countersign.yaml:14:13`, or the source alone where lines mean nothing. */
export function formatPlace(place: Place): string {
  return place.line === 0 ? place.source : `${place.source}:${place.line}:${place.column}`;
}

/** One line for a terminal: `error: path: message (file:line:column)`. */
export function formatProblem(problem: Problem): string {
  return `${problem.severity}: ${problemText(problem)}`;
}

/** The same without its severity, for a log that has levels. */
export function problemText({ path, message, place }: Problem): string {
  const where = place === undefined ? '' : ` (${formatPlace(place)})`;
  return `${path === '' ? '' : `${path}: `}${message}${where}`;
}

/** The last line for a terminal: how many errors there are and what that means. */
export function problemSummary(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const codes = [...new Set(errors.map(({ code }) => code))].join(', ');
  return `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} (${codes}); nothing was started`;
}
