import { createHmac } from 'node:crypto';

/**
 * True when the line is a CloudEvent signed with this key.
 *
 * Nothing of `src/events` is used: a printed line is its own canonical text with the signature in
 * front, so taking the signature out leaves what was signed.
 */
export function isSigned(line: string, key: Uint8Array): boolean {
  const match = /^\{"agtsignature":"([^"]+)",/.exec(line);
  const signature = match?.[1];
  if (match === null || signature === undefined) return false;
  const signed = `{${line.slice(match[0].length)}`;
  return createHmac('sha256', key).update(signed, 'utf8').digest('base64') === signature;
}
