import { describe, expect, test } from 'vitest';
import { Heredocs } from './heredoc.ts';

/** The here-documents of a text, `!` before those that a shell reads. */
function heredocsOf(text: string): string[] {
  const heredocs = new Heredocs(text);
  const found = new Set<string>();
  for (let at = 0; at < text.length; at++) {
    const held = heredocs.holding(at);
    if (held !== undefined) found.add(`${held.shell ? '!' : ''}${text.slice(held.from, held.to)}`);
  }
  return [...found];
}

describe('here-documents', () => {
  test.each([
    ['data', 'cat <<E\na\nb\nE\nc', ['a\nb\n']],
    ['a script', 'bash <<E\na\nE\n', ['!a\n']],
    ['a script through a pipe', 'cat <<E | sh\na\nE\n', ['!a\n']],
    ['a quoted delimiter', "cat <<'E'\na\nE\n", ['a\n']],
    ['blanks around the end', 'cat <<-E\na\n\t E \r\nb', ['a\n']],
    ['a delimiter inside lines', 'cat <<E\na E\nE b\nE', ['a E\nE b\n']],
    ['an end at once', 'cat <<E\nE\n', []],
    ['none that ends', 'cat <<E\na\n', []],
    ['an end behind too many blanks', `cat <<E\na\n${' '.repeat(127)}E\n`, []],
    ['two', 'cat <<A\na\nA\nsh <<B\nb\nB\n', ['a\n', '!b\n']],
  ])('%s', (_, text, expected) => {
    expect(heredocsOf(text)).toEqual(expected);
  });
});
