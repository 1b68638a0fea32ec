import { describe, expect, test } from 'vitest';
import { Daemon } from '../harness/daemon.ts';
import { readJsonLogs } from '../harness/otlp-json.ts';
import { poll } from '../harness/poll.ts';

const CONFIG = `receivers:
  stdin: {format: ndjson, max_line_size: 6MiB}
exporters:
  stdout: {format: otlp_json}
service:
  pipelines:
    logs: {receivers: [stdin], exporters: [stdout]}
`;

/** Feeds chunks, one after the other, then ends the input; returns what came of it. */
async function run(chunks: readonly Uint8Array[]) {
  await using daemon = await Daemon.start({ config: CONFIG, stdin: 'pipe', ready: false });
  for (const chunk of chunks) {
    await new Promise<void>((done) => daemon.stdin.write(chunk, () => done()));
  }
  daemon.stdin.end();
  const exit = await daemon.exited;
  const bodies = daemon.lines.flatMap(readJsonLogs).map(({ body }) => body);
  return { exit, bodies, stderr: daemon.stderrText };
}

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));

/** case-019 */
describe('input that ends, wherever it was cut', () => {
  test('a last line without its end, and a character split over two writes', async () => {
    const { exit, bodies } = await run([
      hex('7b22626f6479223a2261227d0a7b22626f6479223a22636166c3'),
      hex('a9227d'),
    ]);
    expect(bodies).toEqual(['a', 'caf\u00e9']);
    expect(exit).toEqual({ code: 0, signal: null });
  });

  test.each([
    ['nothing at all', []],
    ['empty lines only', [utf8('\n\n\r\n\n')]],
  ])('%s is no record and no error', async (_, chunks) => {
    const { exit, bodies } = await run(chunks);
    expect([exit.code, bodies]).toEqual([0, []]);
  });

  test('a line of 5 MiB with a character over every boundary comes out unchanged', async () => {
    const text = `x${'\u{1f600}'.repeat(1_310_720)}`;
    const line = utf8(`${JSON.stringify({ body: text })}\n`);
    const chunks = Array.from({ length: Math.ceil(line.length / 65_536) }, (_, index) =>
      line.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const { exit, bodies } = await run(chunks);
    expect([exit.code, bodies.length, bodies[0] === text]).toEqual([0, 1, true]);
  });
});

test.each([
  ['a line that is not JSON', '{"body":"good"}\n{"body": oops}\n{"body":"also good"}\n'],
  [
    'a line that is too long',
    `{"body":"good"}\n{"body":"${'y'.repeat(7_000_000)}"}\n{"body":"also good"}\n`,
  ],
])('%s is lost, and the exit code says so', async (_, input) => {
  const { exit, bodies, stderr } = await run([utf8(input)]);
  expect(bodies).toEqual(['good', 'also good']);
  expect(exit).toEqual({ code: 3, signal: null });
  expect(stderr).not.toContain('oops');
});

test('what came before the end of input is delivered before the end of the process', async () => {
  await using daemon = await Daemon.start({ config: CONFIG, stdin: 'pipe' });
  daemon.stdin.write('{"body":"first"}\n');
  await poll('the first line', () => daemon.lines.length === 1);
  daemon.stdin.end('{"body":"last"}');
  expect(await daemon.exited).toEqual({ code: 0, signal: null });
  expect(daemon.lines).toHaveLength(2);
});
