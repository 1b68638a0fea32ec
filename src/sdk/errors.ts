/** Every code an error of countersign may carry; each has a row in docs/errors.md. */
export type ErrorCode =
  | 'CS_CONFIG_INVALID'
  | 'CS_CONFIG_UNREADABLE'
  | 'CS_USAGE_INVALID'
  | 'CS_START_FAILED'
  | 'CS_ADDRESS_UNAVAILABLE'
  | 'CS_KEY_INVALID'
  | 'CS_KEY_MISSING'
  | 'CS_REQUEST_UNDECODABLE'
  | 'CS_REQUEST_TOO_LARGE'
  | 'CS_JSON_INVALID'
  | 'CS_EVENT_INVALID'
  | 'CS_RECORD_UNSIGNABLE'
  | 'CS_NONCE_STORE_FULL'
  | 'CS_BACKEND_REFUSED'
  | 'CS_BACKEND_UNAVAILABLE'
  | 'CS_BACKEND_TIMEOUT'
  | 'CS_ANSWER_UNREADABLE'
  | 'CS_OUTPUT_BROKEN'
  | 'CS_PROCESSOR_FAULTY'
  | 'CS_EXPORTER_FAULTY'
  | 'CS_BOOKS_UNBALANCED'
  | 'CS_SHUTDOWN_OVERDUE';

/**
 * The one error class. Its message tells the operator what is wrong, where, and what to do, and
 * holds no record content and no secret.
 */
export class CountersignError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CountersignError';
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
