const FENCES_MAX = 4096;

/** Where the fences of a Markdown document stand. They are looked for once, when somebody asks. */
export class Fences {
  readonly #list: number[] = [];
  /** Fences before the last place that was asked for; places come in order. */
  #before = 0;

  constructor(text: string) {
    let at = text.indexOf('```');
    while (at >= 0 && this.#list.length < FENCES_MAX) {
      this.#list.push(at);
      at = text.indexOf('```', at + 3);
    }
  }

  /** True between two fences. */
  holds(at: number): boolean {
    while ((this.#list[this.#before] ?? Infinity) <= at) this.#before++;
    return this.#before % 2 === 1;
  }
}
