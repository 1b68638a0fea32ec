import { PoisoningGuard } from '../../../src/index.ts';
import { each, list, same, text, type CaseResult, type Json } from '../suite.ts';

/** Texts with the alerts of the reference, in its order. */
export async function* guard(file: Json): AsyncGenerator<CaseResult> {
  const screen = new PoisoningGuard();
  yield* each('cases', list(file, 'cases'), (item) => checkText(screen, item));
  yield* each('error_cases', list(file, 'error_cases'), (item) => {
    // Only reached when a case says what is right: the reference's own answers are quirks.
    same('allowed', screen.validateWrite(contentOf(item), 'vectors').allowed, false);
  });
}

function contentOf(item: Json): unknown {
  const units = item['content_utf16_units'];
  return Array.isArray(units) ? String.fromCharCode(...(units as number[])) : item['content'];
}

function checkText(screen: PoisoningGuard, item: Json): void {
  const { allowed, alerts } = screen.validateWrite(contentOf(item), 'vectors');
  const shown = alerts.map(({ type, severity, rule }) => ({ type, severity, rule }));
  same('verdict', { allowed, alerts: shown }, item['expect']);
  const record = screen.auditLog.at(-1);
  same('hash', record?.contentHash, text(item, 'content_sha256'));
}
