import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';

const DROP = words(
  'drop',
  'drop {table,database,schema,user,role}(s)|drop all tables|truncate table|dropdatabase()|dropdatabase|db.dropdatabase',
);
const INJECTED = literals(
  'injected SQL',
  `'; drop|"; drop|; drop table|; drop database|; delete from|; truncate|') or 1=1|' or '1'='1|' or 1=1|union select|xp cmdshell`,
);
const DELETE = words('delete from', 'delete from');
const ALL_ROWS = words('all rows', 'where 1=1|where true|;');

const CODE_DELETE = literals(
  'delete in code',
  `shutil.rmtree(|os.remove(|os.unlink(|os.rmdir(|fileutils.rm rf|fs.rmsync(|fs.rmdirsync(|fs.unlinksync(|deltree|file.delete(|rimraf(|rimraf.sync(|removedirs(|unlink(`,
);
const ROOTED = literals(
  'root or home',
  `'/'|"/"|'/home|"/home|'/etc|"/etc|'/var|"/var|'/usr|"/usr|'~|"~|"c:\\|'c:\\|expanduser(|os.homedir(|'/root|"/root`,
);

const TRACES = words(
  'traces and copies',
  'delete shadows|shadowcopy delete|win32 shadowcopy|historysavepath|delete catalog -quiet',
);

/** Destruction in SQL and in code. */
export const SQL_RULES: readonly PhraseRule[] = [
  {
    id: 'destructive.sql_drop',
    class: 'destructive',
    severity: 'high',
    weight: 0.7,
    meaning: 'Drops or empties tables.',
    steps: [first(DROP)],
  },
  {
    id: 'destructive.sql_injected',
    class: 'destructive',
    severity: 'high',
    weight: 1,
    meaning: 'SQL that breaks out of a value and destroys or reads everything.',
    steps: [first(INJECTED)],
  },
  {
    id: 'destructive.sql_delete_all',
    class: 'destructive',
    severity: 'medium',
    weight: 0.6,
    meaning: 'Deletes all rows.',
    steps: [first(DELETE), next(40, ALL_ROWS)],
  },
  {
    id: 'destructive.code',
    class: 'destructive',
    severity: 'high',
    weight: 1.1,
    meaning: 'Code that deletes what the system or a home folder holds.',
    steps: [first(CODE_DELETE), next(3, ROOTED)],
    literal: true,
  },
  {
    id: 'destructive.shadow_copies',
    class: 'destructive',
    severity: 'critical',
    weight: 1.1,
    meaning: 'Deletes shadow copies or the history of commands.',
    steps: [first(TRACES)],
  },
];
