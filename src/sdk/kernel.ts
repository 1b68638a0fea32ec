/** The part of WebAssembly that is used; no library of types declares it without the DOM. */
interface WebAssemblyPart {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyPart };

const compiled = new Map<string, object>();

/**
 * A new instance of a kernel, by its compiled bytes in base64 (`*.kernel.wasm.ts`); compiled once. What it
 * exports is the caller's to say: it stands in the source beside it.
 */
export function kernelInstance<Exports>(base64: string): Exports {
  const module = compiled.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  compiled.set(base64, module);
  return new WebAssembly.Instance(module).exports as Exports;
}
