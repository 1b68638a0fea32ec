/** Did somebody set up OpenTelemetry metrics in this process? Asked without loading its API. */
export function hasMeterProvider(): boolean {
  const registry: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  return typeof registry === 'object' && registry !== null && 'metrics' in registry;
}
