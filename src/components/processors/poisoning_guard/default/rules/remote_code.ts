import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';

const POLL = words(
  'again and again',
  `every {30,60,45,90,120,300,5,10,15,few,n,three,five,ten} {second,minute,hour,interaction,message}(s)|every {second,minute,hour,day}|{check,refresh,poll,polling,update} interval|heartbeat|poll(s)|polling|periodically|on startup|at startup|at the start|before {processing,each,every,responding,executing,starting}|every conversation|each session|regular intervals|schedule|cron|while true`,
);
const FETCH = words(
  'fetch',
  `fetch(es)|download(s)|downloaded|poll(s)|pull(s)|retrieve(s)|get|check(s)|receive(s)|request(s)|query|load(s)|http get|sync with|curl|sync(s)|read|import(s)`,
);
const URL = literals('URL', 'http://|https://|ftp://');
const RUN_VERB = words('run', `{execute,run,eval,evaluate,apply,obey}(s)|executing|running|follow`);
const FETCHED = words(
  'what was fetched',
  `{downloaded,returned,received,remote,fetched,resulting} {script,scripts,code,commands,command,payload,module,modules,instructions,directives,update,migration}|downloaded|returned|received|fetched|retrieved|each {job,job's,script,command,task,directive}|{any,those,these,all} (returned |pending ){scripts,commands,directives,instructions,tasks,jobs}|directive commands|the response|(the )downloaded|commands returned|directives|them using|it using|it for`,
);
const RUN = words(
  'run what was fetched',
  `executed {automatically,before,locally,using,with}|using eval|shell commands to execute|commands (that )(need|must|should) (to )be executed|loaded and executed|run it|execute it|and execute|and run {it,them}|then execute|import it dynamically|apply runtime patches|execution only|dynamic code|self-update|and require() it`,
);
const RUN_CODE = literals('evaluates code', 'eval(|exec(|new function(|require()|child process');
const RESPONSE_RUN = literals(
  'the answer is run',
  `"\${response.|\${response.|exec(response|eval(response|"action": "eval"|"action":"eval"|"action": "exec"|"action":"exec"|os.system(|child process.exec|import ("os").system|¦ python3 -c|¦ bash|¦ sh;`,
);

/** Texts that make an agent run what somebody else decides later. */
export const REMOTE_CODE_RULES: readonly PhraseRule[] = [
  {
    id: 'remote.fetch_and_run',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1,
    meaning: 'Code or orders are fetched from a URL and run.',
    steps: [first(FETCH), next(60, URL), next(420, RUN, RUN_CODE)],
    acrossSentences: true,
  },
  {
    id: 'remote.fetch_and_run_it',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1,
    meaning: 'Code or orders are fetched from a URL, and what was fetched is run.',
    steps: [first(URL), next(420, RUN_VERB), next(24, FETCHED)],
    acrossSentences: true,
  },
  {
    id: 'remote.poll_and_run',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1,
    meaning: 'A server is asked again and again what to run.',
    steps: [first(POLL), next(420, RUN, RUN_CODE)],
    anyOrder: true,
    acrossSentences: true,
  },
  {
    id: 'remote.response_run',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1,
    meaning: 'Settings that run what a server answers.',
    steps: [first(URL), next(420, RESPONSE_RUN)],
    acrossSentences: true,
    literal: true,
  },
];
