/** Pieces of configurations that several end-to-end tests share. */

/** The receiver on the port that the harness chose. */
export const RECEIVER = `receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:\${env:IN}"}}}
`;

/** OTLP in, one OTLP/JSON request a line out. */
export const TO_STDOUT = `${RECEIVER}exporters:
  stdout: {format: otlp_json}
service:
  pipelines:
    logs: {receivers: [otlp], exporters: [stdout]}
`;

/** OTLP in, OTLP out to `${env:BACKEND}`, with more keys for the exporter. */
export function toBackend(keys = '', processors = ''): string {
  const names = [...processors.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  return `${RECEIVER}${processors === '' ? '' : `processors:\n${processors}`}exporters:
  otlp_http: {endpoint: "\${env:BACKEND}"${keys === '' ? '' : `, ${keys}`}}
service:
  pipelines:
    logs: {receivers: [otlp], processors: [${names.join(', ')}], exporters: [otlp_http]}
`;
}

/** No queue and no retry: what the backend says is what the sender is told. */
export const SYNCHRONOUS = 'sending_queue: {enabled: false}, retry_on_failure: {enabled: false}';

/** A key for tests, and how the configuration names it. */
export const KEY = Buffer.from('a key for the end-to-end tests of countersign, 48 by');
export const KEY_TEXT = `hmac:${KEY.toString('base64')}`;

/** The whole way: deduplicated, screened, signed, to stdout and to `${env:BACKEND}`. */
export const WHOLE_WAY = `${RECEIVER}processors:
  nonce_dedup: {on_missing: derive}
  poisoning_guard:
  signer: {key: "\${env:SIGNING_KEY}"}
exporters:
  stdout:
  otlp_http: {endpoint: "\${env:BACKEND}"}
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [nonce_dedup, poisoning_guard, signer]
      exporters: [stdout, otlp_http]
`;
