import type { Balance, LedgerSnapshot } from '../runtime/index.ts';

const COLUMNS = ['submitted', 'delivered', 'failed', 'dropped', 'in flight'] as const;

/** The books as a small table for a terminal, with every reason that happened. */
export function balanceTable(snapshot: LedgerSnapshot): string {
  const rows: string[][] = [['', ...COLUMNS, '']];
  const notes: string[] = [];
  for (const { id, received, refused, turnedAway } of snapshot.receivers) {
    const refusals = reasonsOf(refused);
    notes.push(`  ${id}: received ${received}${refusals === '' ? '' : `, refused ${refusals}`}`);
    for (const [reason, { requests, bytes }] of Object.entries(turnedAway)) {
      if (requests > 0)
        notes.push(`  ${id}: turned away ${requests} requests (${bytes} bytes): ${reason}`);
    }
  }
  for (const pipeline of snapshot.pipelines) {
    rows.push(row(pipeline.id, pipeline));
    for (const stage of pipeline.stages) rows.push(row(`  ${stage.id}`, stage));
    for (const branch of pipeline.branches) {
      rows.push(row(`  > ${branch.id}${branch.kind === 'divert' ? ' (diverted)' : ''}`, branch));
    }
  }
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 || column > COLUMNS.length
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return ['final balance (records)', ...lines, ...notes, `  ${verdict(snapshot)}`].join('\n');
}

/** The books in one line: per pipeline the five numbers. */
export function balanceFields(snapshot: LedgerSnapshot): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const { id, submitted, delivered, failed, dropped, inFlight } of snapshot.pipelines) {
    Object.assign(fields, {
      [`${id}.submitted`]: submitted,
      [`${id}.delivered`]: delivered,
      [`${id}.failed`]: total(failed),
      [`${id}.dropped`]: total(dropped),
      [`${id}.in_flight`]: inFlight,
    });
  }
  return { ...fields, lost: snapshot.lost, conservation_errors: snapshot.audit.length };
}

function row(name: string, books: Balance): string[] {
  const { submitted, delivered, failed, dropped, inFlight } = books;
  const counts = [submitted, delivered, total(failed), total(dropped), inFlight];
  return [name, ...counts.map(String), reasonsOf({ ...failed, ...dropped })];
}

function reasonsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}

function verdict({ lost, audit }: LedgerSnapshot): string {
  if (audit.length > 0) return `THE BOOKS DO NOT BALANCE: ${audit.join('; ')}`;
  return lost > 0 ? `${lost} records were LOST` : 'the books balance, nothing was lost';
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
