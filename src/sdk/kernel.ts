/** The memory of kernels: pages of 64 KiB. */
export interface KernelMemory {
  /** All of it; another one after each {@link grow}. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The part of WebAssembly that is used; no library of types declares it without the DOM. */
interface WebAssemblyPart {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown };
  readonly Memory: new (pages: { readonly initial: number }) => KernelMemory;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyPart };

const compiled = new Map<string, object>();

/** Memory for kernels that share theirs (`// memory: 64 shared` in their sources); of so many pages. */
export const kernelMemory = (pages: number): KernelMemory =>
  new WebAssembly.Memory({ initial: pages });

/**
 * A new instance of a kernel, by its compiled bytes in base64 (`*.kernel.wasm.ts`); compiled once. What it
 * exports is the caller's to say: it stands in the source beside it. `memory`: for those that share theirs.
 */
export function kernelInstance<Exports>(base64: string, memory?: KernelMemory): Exports {
  const module = compiled.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  compiled.set(base64, module);
  const imports = memory === undefined ? undefined : { env: { memory } };
  return new WebAssembly.Instance(module, imports).exports as Exports;
}
