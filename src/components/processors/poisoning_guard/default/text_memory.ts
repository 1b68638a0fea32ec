import { Buffer, isAscii } from 'node:buffer';
import { kernelMemory } from '../../../../sdk/kernel.ts';
import type { KernelMemory } from '../../../../sdk/kernel.ts';

const PAGE_BYTES = 65_536;

/** Where the kernels that share a memory have their tables, and the text, as in their sources. */
export const TRIGGERS_AT = 2 * 1024 * 1024;
export const MODEL_AT = 3 * 1024 * 1024;
export const TEXT_AT = 4 * 1024 * 1024;
/** Behind a text there is room for zeros, and for whole blocks. */
const MARGIN = 1024;

/**
 * The memory of the kernels that read texts. A text is copied into it once for all of them, when it is
 * ASCII; what it has of letters beyond that each of them has its own bytes for. Some 4 MiB, of which a
 * fourth is used, and as much as the longest text.
 */
export class TextMemory {
  readonly memory: KernelMemory;
  /** All of it; another one each time that it has grown. */
  bytes: Buffer;
  /** How often something else came to stand in the place of the text. */
  loads = 0;
  /** The text that stands there; undefined for one that is not ASCII. */
  #text: string | undefined;
  /** The last one that is not. */
  #beyond: string | undefined;

  constructor() {
    this.memory = kernelMemory(TEXT_AT / PAGE_BYTES + 2);
    this.bytes = Buffer.from(this.memory.buffer);
  }

  /** Makes the text stand at {@link TEXT_AT} if it is ASCII; else it has room there, and false is returned. */
  load(text: string): boolean {
    if (text === this.#text) return true;
    const { length } = text;
    this.loads++;
    this.#reserve(length);
    if (text === this.#beyond || Buffer.byteLength(text) !== length) {
      this.#text = undefined;
      this.#beyond = text;
      return false;
    }
    this.bytes.write(text, TEXT_AT, length, 'latin1');
    this.#text = text;
    return true;
  }

  /** The same for text in UTF-8. */
  loadBytes(bytes: Uint8Array): boolean {
    if (!isAscii(bytes)) return false;
    this.loads++;
    this.#reserve(bytes.length);
    this.bytes.set(bytes, TEXT_AT);
    this.#text = undefined;
    return true;
  }

  #reserve(length: number): void {
    const missing = TEXT_AT + length + MARGIN - this.bytes.length;
    if (missing <= 0) return;
    this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.bytes = Buffer.from(this.memory.buffer);
  }
}

/** The one in which the ruleset judges. */
export const TEXT_MEMORY = new TextMemory();
