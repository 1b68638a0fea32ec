import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';
import { AI, MUST } from './vocabulary.ts';

const ADDRESSED = words(
  'addressed to the model',
  `to you, the ai|to you the ai|the ai model|from me, the user|message from me|message to the ai|message for the ai|dear {ai,assistant,llm,agent,chatgpt,claude}|{hello,hey} {ai,assistant,llm}
  |if you are {an ai,an llm,an assistant,an automated,ai,a language model,a bot,a large language model}|if this is being {read,processed} by|{note,message,instruction,instructions,attention} {to,for} {the ,all ,}{ai,llm,assistant,agent,language model,model,automated}(s)
  |{processing,reading,summarizing,analyzing,reviewing,parsing,translating} this|when you {process,read,summarize,analyze,review} this|{ai,llm}(s) {reading,processing,parsing,summarizing,reviewing}|{assistant,agent,model,llm,ai}(s) {reading,processing,summarizing} this|ai-only|for ai eyes|{llm,ai} instructions`,
);

const FIRST_DO = words(
  'do this first',
  `before you (can )({solve,complete,finish,continue,proceed,answer,respond,do}) (the|with|your|this|that)|please do the following (first)|do the following first|after you do that|{then|and then} you can {solve,continue,answer}|the task that i gave you|strictly (adhere to|follow)|adhere to the following|follow (this|these|the following) (new )(instruction|instructions|steps|step)|following instruction(s)|instead of (summarizing|answering|responding|the summary|completing|the task|following)|your (new|real|actual|true|primary|first|main) (task|goal|objective|instruction|job|mission)|additional (task|instruction|step|requirement)(s)|without asking (me|the user)|execute the following|fill them in without|in addition to (your|the) (task|summary)`,
);

const ACT = words(
  'act on things',
  `send|email|transfer|delete|forward|visit|open|click|post|buy|purchase|pay|wire|download|upload|run|execute|invite|create|modify|update|reply|respond|say|output|write|share|grant|approve|book|reserve|schedule|install|add|append|include|retrieve|get me|search|recommend|tell|ask|print|insert|call|use|change|make a|give|report|mark|ignore|navigate|concatenate|mention|promote`,
);

const DEVIATE = words(
  'deviate',
  `instead(,)|rather than|no matter what|regardless of (what|the)|do not (summarize|answer|complete|follow|process|translate)|stop (the|your) (task|current)|abort|drop everything|forget (about )(the|your) task|above all|only (say|output|respond|reply|write)|must (say|output|respond|reply|include|contain|end|begin|start) |always (say|include|respond|recommend|end)`,
);

const HIDING = literals(
  'text made invisible',
  `font-size:0|font-size: 0|display:none|display: none|visibility:hidden|visibility: hidden|opacity:0|opacity: 0;|color:#fff|color: white|color:white|color:#ffffff|color: #fff|left:-9999|font-size:1px|font-size: 1px|hidden>`,
);

const COMMENT = literals('comment', '<!--|[//]: #|/* ');

const REVIEWER = words(
  'verdict wanted',
  `{give,assign,award,rate,rank} (this|the) ({paper,candidate,application,essay,resume,submission,product})|positive review(s) only|highest (score|rating|possible)|recommend (accept|hir)(ing|e|ance)|best candidate|mark (this|it) as (safe|approved|benign|compliant)|(report|say) (that )(no (vulnerabilities|issues|problems)|everything is)|approve (this|the|all) (pull request|pr|change|pending|request|tool calls|transaction)(s)|lgtm and approve|as false positives|skip (all )(the )(security|safety|validation|checks|verification|review)`,
);

const URGENT = words(
  'urgent',
  `important|urgent|critical|attention|mandatory|high priority|emergency|immediately`,
);

/** Orders to the model in what it reads: pages, mails, files, results of tools. */
export const INDIRECT_RULES: readonly PhraseRule[] = [
  {
    id: 'indirect.addressed_first',
    class: 'indirect_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Speaks to the model and gives it another task first.',
    steps: [first(ADDRESSED), next(300, FIRST_DO)],
    anyOrder: true,
    acrossSentences: true,
  },
  {
    id: 'indirect.first_act',
    class: 'indirect_injection',
    severity: 'medium',
    weight: 0.7,
    meaning: 'Gives another task to be done first.',
    steps: [first(FIRST_DO), next(120, FIRST_DO, DEVIATE)],
    acrossSentences: true,
  },
  {
    id: 'indirect.addressed_act',
    class: 'indirect_injection',
    severity: 'high',
    weight: 1,
    meaning: 'Speaks to the model in a text that it reads, and tells it to act.',
    steps: [first(ADDRESSED), next(160, MUST, DEVIATE), next(80, ACT)],
    acrossSentences: true,
  },
  {
    id: 'indirect.ai_deviate',
    class: 'indirect_injection',
    severity: 'medium',
    weight: 0.7,
    meaning: 'Tells an AI to do something else than its task.',
    steps: [first(AI), next(120, DEVIATE), next(60, ACT)],
    anyOrder: false,
  },
  {
    id: 'indirect.urgent_order',
    class: 'indirect_injection',
    severity: 'medium',
    weight: 0.6,
    meaning: 'An urgent order to follow what comes.',
    steps: [first(URGENT), next(60, FIRST_DO), next(120, ACT)],
    acrossSentences: true,
  },
  {
    id: 'indirect.comment_order',
    class: 'indirect_injection',
    severity: 'high',
    weight: 0.8,
    meaning: 'A comment gives orders to an AI.',
    steps: [first(COMMENT), next(120, AI, ADDRESSED, FIRST_DO), next(120, ACT, MUST)],
    acrossSentences: true,
    literal: true,
  },
  {
    id: 'indirect.hidden_order',
    class: 'indirect_injection',
    severity: 'high',
    weight: 1,
    meaning: 'Text that people do not see gives orders to an AI.',
    steps: [first(HIDING), next(200, AI, ADDRESSED, FIRST_DO), next(160, ACT, MUST)],
    acrossSentences: true,
    literal: true,
  },
  {
    id: 'indirect.verdict',
    class: 'indirect_injection',
    severity: 'medium',
    weight: 0.8,
    meaning: 'Tells an AI how to judge what it reads.',
    steps: [first(AI, ADDRESSED), next(160, REVIEWER)],
    anyOrder: true,
    acrossSentences: true,
  },
];
