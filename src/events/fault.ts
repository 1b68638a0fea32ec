import { CountersignError } from '../sdk/index.ts';

/** Why a text is not JSON that may be signed, or a value has no canonical text. */
export type FaultReason =
  | 'invalid_utf8'
  | 'json'
  | 'too_deep'
  | 'duplicate_key'
  | 'lone_surrogate'
  | 'non_json_number'
  | 'number_too_long'
  | 'non_finite'
  | 'control_character'
  | 'missing_attribute';

const MEANINGS: Readonly<Record<FaultReason, string>> = {
  invalid_utf8: 'a text is not UTF-8; its readers would see different characters',
  json: 'the text is not JSON (RFC 8259)',
  too_deep: 'values are nested deeper than 128 levels; flatten them',
  duplicate_key: 'a name stands twice in one object, so that readers may take either value',
  lone_surrogate: 'a text holds half of a surrogate pair, which has no UTF-8 form',
  non_json_number: 'NaN and Infinity are not JSON; send them as text',
  number_too_long: 'an integer has more than 4300 digits',
  non_finite: 'a number is too large for a double',
  control_character: 'id, type, source or time hold a control character or nothing visible',
  missing_attribute: 'id, type, source or time is missing or is not what CloudEvents asks for',
};

/** Faults of a text as JSON; the others are of what it says. */
const OF_JSON: ReadonlySet<FaultReason> = new Set([
  'json',
  'non_json_number',
  'number_too_long',
  'non_finite',
]);

/**
 * The world's fault in a text or a value, with a closed reason. Messages name no
 * content. Shared constants, made once: a hostile sender costs no stack trace a record.
 */
export class Fault extends CountersignError {
  readonly reason: FaultReason;

  constructor(reason: FaultReason) {
    super(OF_JSON.has(reason) ? 'CS_JSON_INVALID' : 'CS_EVENT_INVALID', MEANINGS[reason]);
    this.reason = reason;
  }
}

const FAULTS = new Map<FaultReason, Fault>();

/** The fault of this reason; the same object each time. */
export function faultOf(reason: FaultReason): Fault {
  let fault = FAULTS.get(reason);
  if (fault === undefined) {
    fault = new Fault(reason);
    FAULTS.set(reason, fault);
  }
  return fault;
}
