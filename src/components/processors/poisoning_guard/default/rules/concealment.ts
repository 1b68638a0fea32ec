import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';
import { AI, MUST, USER } from './vocabulary.ts';
import { SECRET, SECRET_FILE } from './secrets.ts';

const CONCEAL = words(
  'conceal',
  `{do not,don't,dont,never,must not,without,avoid} {tell,telling,mention,mentioning,inform,informing,notify,notifying,reveal,revealing,alert,alerting,disclose,disclosing,show,showing,explain,explaining,report,discuss,discussing,warn,warning,let}|{not be,not,never} {mentioned,discussed,disclosed,shown,revealed}|keep {this,it,that} {secret,hidden,confidential,quiet,from,a secret}|hide {this,it,that,the}|conceal(s)|concealed|secretly|silently|covertly|in secret|behind the scenes|without {the user's,their,user,his,your} {knowledge,consent,awareness,approval,permission,confirmation}|unbeknownst
  |hidden from|needs to be discussed|need to be discussed|stripped from|strips {it,them,its}|verschweige|ohne {dem,den} {nutzer,benutzer}|sans {le ,}{dire,informer}|sin {decir,informar,avisar}|senza {dire,informare}`,
);

const CONCEAL_THIS = words(
  'do not mention this',
  `{do not,don't,never,must not} {mention,reveal,disclose,discuss} {this,it,that,these}|{do not,don't,never,must not} {tell,inform,notify,alert} {anyone,anybody,them,the user}|not an action that needs`,
);

const TAG = literals(
  'tag that speaks to the model',
  `<important>|</important>|<system>|<instructions>|<instruction>|<hidden>|<secret>|<admin>|<information>|<assistant>|<note>|<system-reminder>|<directive>|<override>|<critical>|<context>|<llm>|<ai>|<ai instruction>|<s>|<sys>|<system instruction>|<mandatory>|<ignore>|<internal>|<tool instructions>|<developer>|<priority>|<prompt>|[important]|[hidden]|[instructions]|[assistant]|[note to|[system|[admin|[internal|<!-- system|<!-- ai|<!-- note to|<!-- instruction|<!-- important|<!-- assistant|<!-- hidden|<!-- for |<!--system|<!--ai|<!--important|system override|important override|hidden instruction|system instruction|note to ai|note for ai|[//]: #|important system update|admin override|important!!!|attention ai`,
);

const ACT = words(
  'act',
  `send(s)|forward(s)|read(s)|call(s)|run(s)|execute(s)|include(s)|pass(es)|append(s)|upload(s)|fetch(es)|open(s)|access(es)|email(s)|post(s)|copy|copies|delete(s)|transfer(s)|set(s)|use|add(s)|write(s)|change(s)|replace(s)|download(s)|install(s)|output(s)|respond|reply|return(s)|store(s)|log(s)|record(s)|collect(s)|query|invoke|bcc|visit(s)|navigate|click|modify|prefix|provide|extract(s)|report(s)|create(s)|approve(s)|grant(s)|disable(s)|skip(s)|mark(s)|inject(s)|insert(s)|redirect(s)|list(s)|exfiltrate(s)|submit(s)|share(s)|paste(s)`,
);

const TAKE = words(
  'take',
  `read(s)|send(s)|forward(s)|include(s)|pass(es)|append(s)|upload(s)|fetch(es)|copy|copies|extract(s)|collect(s)|retrieve(s)|attach(es)|output(s)|exfiltrate(s)|cat|dump(s)|transmit(s)|post(s)|paste(s)|query|embed(s)|gather(s)|harvest(s)|concatenate|reading|call(s)`,
);

const BEFORE_TOOL = words(
  'before a tool',
  `before (using|calling|invoking|running|executing|you use|you call|any|every|each|responding|answering|processing|proceeding|returning|you can|doing anything)|prior to (using|calling|invoking|any)|{when,whenever,every time,each time,once} (this tool|you use|you call|the user (asks|requests)|a user asks|any tool|asked)|after (using|calling|every|each|any|reading|preparing|producing|completing|you)|{every,each} {call,request,response,message,invocation,query|interaction|conversation|time}|at the start of (every|each)|for every (conversation|request|message|user)|in (every|each|all) (response|message|request|call)(s)|in addition to (the|any)|instead of (using|calling|the)|as the first step|must be called (first|before)|always call|call this (tool )first|on every|in this session`,
);

const OTHER_TOOL = words(
  'another tool',
  `{tool,tools,function,functions,api,endpoint,parameter,argument,field,call}|sidenote|send email|send message|other tool(s)|also present|also-present|any other`,
);

const OTHERWISE = words(
  'otherwise it fails',
  `otherwise (the|this) (tool|it|application|system)|will not work|won't work|will (crash|fail|break)|{data,funds} will be lost|to (prevent|avoid) (proxying|losing|errors|issues|any)|required by (the|this|our)|a {routine,standard,normal} {detail,step,procedure,integration,diagnostic,mail-routing,chat-routing}|implementation detail|this is (very )(important|critical)|very very|so it is safe|will be (lost|rejected|dropped)|do not question|without (question|hesitation|asking|confirmation)|without asking`,
);

const MAIL = literals('address', '@');

/** Texts that instruct the model behind the user's back, as in tool descriptions. */
export const CONCEALMENT_RULES: readonly PhraseRule[] = [
  {
    id: 'conceal.from_user',
    class: 'tool_poisoning',
    severity: 'high',
    weight: 0.7,
    meaning: 'Something is to be kept from the user.',
    steps: [first(CONCEAL), next(40, USER)],
  },
  {
    id: 'conceal.action',
    class: 'tool_poisoning',
    severity: 'high',
    weight: 1.05,
    meaning: 'An action is to be done, and the user not told.',
    steps: [first(ACT), next(260, CONCEAL), next(40, USER)],
    acrossSentences: true,
  },
  {
    id: 'conceal.tagged',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1.2,
    meaning: 'A tag that speaks to the model, and something to be kept from the user.',
    steps: [first(TAG), next(900, CONCEAL), next(60, USER)],
    acrossSentences: true,
  },
  {
    id: 'conceal.silent_action',
    class: 'tool_poisoning',
    severity: 'medium',
    weight: 0.5,
    meaning: 'An action is to be done silently.',
    steps: [first(CONCEAL), next(24, ACT)],
  },
  {
    id: 'order.tagged',
    class: 'tool_poisoning',
    severity: 'high',
    weight: 1,
    meaning: 'A tag that speaks to the model gives it an order.',
    steps: [first(TAG), next(160, MUST, AI, BEFORE_TOOL), next(120, ACT)],
    acrossSentences: true,
  },
  {
    id: 'order.tagged_secret',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1.4,
    meaning: 'A tag that speaks to the model asks for secrets.',
    steps: [first(TAG), next(600, SECRET, SECRET_FILE)],
    acrossSentences: true,
  },
  {
    id: 'order.before_tool_secret',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1.4,
    meaning: 'Before or after a tool is used, a secret is to be read or passed on.',
    steps: [first(BEFORE_TOOL), next(160, TAKE), next(80, SECRET, SECRET_FILE)],
    acrossSentences: true,
  },
  {
    id: 'order.must_read_secret',
    class: 'tool_poisoning',
    severity: 'critical',
    weight: 1.1,
    meaning: 'A file that holds secrets must be read or passed on.',
    steps: [first(MUST), next(40, TAKE), next(60, SECRET_FILE)],
  },
  {
    id: 'conceal.this',
    class: 'tool_poisoning',
    severity: 'medium',
    weight: 0.7,
    meaning: 'This is not to be mentioned.',
    steps: [first(CONCEAL_THIS)],
  },
  {
    id: 'order.other_tool',
    class: 'tool_poisoning',
    severity: 'high',
    weight: 0.9,
    meaning: 'Says how another tool is to be used, to an address that it names.',
    steps: [first(OTHER_TOOL), next(90, MUST), next(90, ACT), next(140, MAIL)],
    acrossSentences: true,
  },
  {
    id: 'order.or_else',
    class: 'tool_poisoning',
    severity: 'medium',
    weight: 0.7,
    meaning: 'A tag that speaks to the model threatens with what happens otherwise.',
    steps: [first(TAG), next(900, OTHERWISE)],
    acrossSentences: true,
  },
  {
    id: 'order.standing',
    class: 'tool_poisoning',
    severity: 'medium',
    weight: 0.4,
    meaning: 'A standing order about the use of tools.',
    steps: [first(BEFORE_TOOL), next(60, MUST), next(60, ACT)],
    anyOrder: true,
  },
];
