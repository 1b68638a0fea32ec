import { describe, expect, test } from 'vitest';
import { RECEIVER } from '../harness/configs.ts';
import { withDaemon } from '../harness/daemon.ts';
import { summary } from '../harness/ledger-page.ts';
import type { SentRecord, Value } from '../harness/wire.ts';

/** The default ruleset with its defaults. */
const PLAIN = `${RECEIVER}processors:
  poisoning_guard:
exporters:
  stdout: {format: otlp_json}
  stdout/quarantine: {format: otlp_json}
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [poisoning_guard]
      exporters: [stdout]
`;

const call = (command: string): SentRecord => ({
  body: new Map<string, Value>([['command', command]]),
  attributes: { 'gen_ai.tool.name': 'shell' },
});

const group = (...records: SentRecord[]) => [
  { resource: { 'service.name': 'agent' }, scope: 't', records },
];

test('a destructive tool call is blocked, and the sender is told what and where', async () => {
  await withDaemon({ config: PLAIN }, async (daemon) => {
    const answer = await daemon.post({
      groups: group(call('ls -la'), call('sudo rm -rf / --no-preserve-root'), { body: 'fine' }),
    });
    expect(answer).toMatchObject({ status: 200, rejected: 1 });
    expect(answer.message).toContain('destructive');
    expect(answer.message).toMatch(/record 1: destructive\.rm in body\.command \(critical\)/);
    const page = await daemon.booksAtRest();
    expect(summary(page.stage('poisoning_guard'))).toEqual({
      submitted: 3,
      delivered: 2,
      destructive: 1,
    });
    const metrics = await daemon.metrics();
    const found = (rule: string) => metrics.sum('countersign_guard_findings_total', { rule });
    expect(found('destructive.rm')).toBe(1);
    expect(daemon.stdoutText).not.toContain('preserve-root');
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('the same deletion in other spellings', () => {
  test.each([
    ['flags apart', 'rm -r -f /srv'],
    ['long flags', 'rm --recursive --force --no-preserve-root /'],
    ['blanks as a variable', 'rm${IFS}-fr${IFS}/usr/lib'],
    ['the path of the program', '/bin/rm -fr -- /*'],
    ['not rm at all', 'find / -xdev -type f -delete'],
    ['open to everybody', 'chmod -R${IFS}0777 /opt /etc'],
  ])('%s: flagged or blocked', async (_, command) => {
    await withDaemon({ config: PLAIN }, async (daemon) => {
      const answer = await daemon.post({ groups: group(call(command)) });
      expect(answer.status).toBe(200);
      if (answer.rejected === 0) {
        await daemon.booksAtRest();
        expect(daemon.stdoutText).toContain('countersign.guard.findings');
      } else expect(answer.message).toContain('body.command');
    });
  });
});

test('pictures, flags and Persian are spelled with joiners: delivered as they came', async () => {
  const bodies = [
    'Deployed 👩‍💻 and 🧑‍🚒 on call',
    'Status: build ✅️ docs ⚠️',
    'Teams: 🏴󠁧󠁢󠁥󠁮󠁧󠁿 Leeds, 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Perth',
    'این گزارش را نمی‌خواهیم',
    'Three of them: 👨‍👩‍👦',
  ];
  await withDaemon({ config: PLAIN }, async (daemon) => {
    const answer = await daemon.post({ groups: group(...bodies.map((body) => ({ body }))) });
    expect(answer).toMatchObject({ status: 200, rejected: 0 });
    const page = await daemon.booksAtRest();
    expect(summary(page.stage('poisoning_guard'))).toEqual({ submitted: 5, delivered: 5 });
    for (const body of bodies) expect(daemon.stdoutText).toContain(JSON.stringify(body));
    expect(daemon.stdoutText).not.toContain('countersign.guard');
  });
});

test('quarantine: the record goes to its own exporter with what was found', async () => {
  const config = PLAIN.replace(
    'poisoning_guard:\n',
    'poisoning_guard: {actions: {critical: quarantine}, quarantine: {exporter: stdout/quarantine}}\n',
  );
  await withDaemon({ config }, async (daemon) => {
    const answer = await daemon.post({ groups: group(call('rm -rf /etc /var')) });
    expect(answer).toMatchObject({ status: 200, rejected: 1 });
    await daemon.booksAtRest();
    expect(daemon.stdoutText).toContain('countersign.guard.findings');
    expect(daemon.stdoutText).toContain('destructive.rm');
  });
});
