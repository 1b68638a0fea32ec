import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { literals, words } from '../words.ts';
import { USER } from './vocabulary.ts';

const BECOME = words(
  'become',
  `you are now|you're now|you will (now )(be|act as|become|play)|from now on(,) you|act as(a )(an )|act like|pretend (to be|that you|you are|you have)|pretending to be|roleplay as|role-play as|assume the {role,persona,identity} of|take on the {role,persona} of|simulate(s) |
  |imagine (that )(you are|you're)|behave as|{speak,respond,answer,reply,talk} {as,like} (if you|a |an )|immerse yourself into|you are no longer|you're no longer|your new (role|name|identity|persona) is|stay in character|enter |entering |activate |switch to |enable(d) |you are (going to )(be |play )in 
  |du bist jetzt|ab jetzt bist du|sie sind jetzt|stell dir vor du|tu so als|verhalte dich wie|tu es maintenant|vous etes maintenant|fais comme si|agis comme|eres ahora|ahora eres|actua como|finge|sei ora|ora sei|voce e agora|agora voce e`,
);

const UNBOUND = words(
  'without rules',
  `do anything now|dan mode|developer mode|debug mode|god mode|admin mode|root mode|jailbreak mode|jailbroken|{unrestricted,unfiltered,uncensored} {ai,assistant,chatbot,model,version of yourself,responses,answers}|without {any ,}{restrictions,limitations,filters,rules,censorship,constraints,guidelines,ethical,moral}(s)|no {restrictions,limitations,filters,rules,censorship,constraints,guidelines,ethics,moral,boundaries,limits}
  |free(d) from {all,any,the,your} |not bound by|broken free|break free|no longer bound|{anything,any question} {i,they} ask|{do,does} not {have to,need to} {abide,follow,adhere|care}|amoral|evil (assistant|ai|bot|twin|confidant)|maintenance mode|sudo mode|system mode|opposite mode|no longer {have,has,follow}|zero moderation|without moral|can do anything|not restricted|no content policy|off the record|ignore(s) {all,any} {ethical,moral,safety}|without refusing|never refuse|cannot refuse|must not refuse|can't refuse|no matter how {illegal,unethical,immoral}`,
);

const DAN = literals(
  'a known persona',
  ' dan | dan.| dan,|"dan"|stan mode|dude mode|aim mode|always intelligent and machiavellian|evil-bot|betterdan|maximum mode|devmode',
);

const FORGED_ROLE = literals(
  'markup of a chat',
  `<¦im start|<¦im end|<¦system¦>|[inst]|[/inst]|<<sys>>|<</sys>>|### system:|###system:|### instruction:|<¦start header id|<¦eot id|<¦assistant¦>|<¦user¦>|<¦endoftext|[system](#|\\n\\nhuman:|\\n\\nassistant:|[system message]|[system prompt]|[system override]|[admin override]|[end of prompt]|<¦begin of text|<start of turn>|{"role":"system"|"role": "system"|<system prompt>|</system>`,
);

const ORDER = words(
  'order',
  'new {instructions,instruction,tasks,directive,directives,prompt,objective,orders}|your new {task,role,rules,goal,instructions}|additional {instruction,instructions}|updated instructions|neue {anweisungen,aufgabe,instruktionen,anweisung}|nouvelles instructions|nouvelle consigne|nuevas instrucciones|nueva tarea|nuove istruzioni|novas instrucoes|your {instructions,task,job,goal,mission,only task} {are,is} now|following instruction|neuen aufgabe|weitere aufgaben|neue herausforderung',
);

const AUTHORITY = words(
  'authority',
  `{i'm,i am,im} {your,the,an,a} {developer,creator,admin,administrator,owner,boss,manager,supervisor,programmer,engineer,ceo,president,system administrator,openai,anthropic}|as (an ai )(developed|created|trained) by|as your {developer,creator,administrator,admin,owner}|i am {a ,}god|this is your {developer,creator,admin}|authorized by|system reset|security audit|system check|{system,admin,administrator,developer,emergency,root,security} override|override code|ich bin (dein|ihr) (chef|entwickler)|system update|priority override`,
);

const OBEY = words(
  'obey',
  `{you must,must,you will,always,you have to,you should} {obey,comply,answer all,answer every,do as i say,follow my}|du musst|strictly adhere to|obey {me,my,all,the}|do exactly (as|what)|only {follow,obey|listen to}|instead,? (say|print|write|respond|output|do)|just say|simply (say|respond|reply)|nothing else|and nothing else|respond only with|say only|only say|only {respond,reply,answer,return,output,print}|wait for (my )(next )instructions|repeat after me`,
);

const FOCUS = words(
  'now turn to',
  `{now,and} (please )({focus,concentrate}) on|your new task|next task|now (your )task|new task|{done,great,good,perfect,excellent,well done,super|sehr gut|gut gemacht|fertig}`,
);

/** Orders to be somebody else, with other rules. */
export const IDENTITY_RULES: readonly PhraseRule[] = [
  {
    id: 'identity.unbound',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.2,
    meaning: 'Tells the model to become something that has no rules.',
    steps: [first(BECOME), next(160, UNBOUND, DAN)],
    acrossSentences: true,
  },
  {
    id: 'identity.known_persona',
    class: 'direct_injection',
    severity: 'high',
    weight: 1,
    meaning: 'Names a persona that jailbreaks use, and what it may do.',
    steps: [first(UNBOUND), next(200, DAN)],
    anyOrder: true,
    acrossSentences: true,
  },
  {
    id: 'identity.forged_role',
    class: 'indirect_injection',
    severity: 'high',
    weight: 1.05,
    meaning: 'Carries the marks that separate system and user in a chat.',
    steps: [first(FORGED_ROLE)],
  },
  {
    id: 'identity.new_orders',
    class: 'direct_injection',
    severity: 'medium',
    weight: 0.6,
    meaning: 'Announces new instructions.',
    steps: [first(ORDER)],
  },
  {
    id: 'identity.authority',
    class: 'direct_injection',
    severity: 'medium',
    weight: 0.5,
    meaning: 'Claims to be the developer or an authority, or that a special mode is on.',
    steps: [first(AUTHORITY)],
    textMax: 1500,
  },
  {
    id: 'identity.obey',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.35,
    meaning: 'Demands one answer and no other.',
    steps: [first(OBEY)],
    textMax: 1500,
  },
  {
    id: 'identity.mode',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.45,
    meaning: 'Speaks of a mode without rules.',
    steps: [first(UNBOUND)],
    textMax: 3000,
  },
  {
    id: 'identity.turn',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.3,
    meaning: 'Calls one task done and gives another.',
    steps: [first(FOCUS), next(60, FOCUS, ORDER)],
    acrossSentences: true,
    textMax: 1500,
  },
  {
    id: 'identity.users_orders',
    class: 'direct_injection',
    severity: 'medium',
    weight: 0.7,
    meaning: 'New instructions that are set against the user.',
    steps: [first(ORDER), next(80, USER)],
  },
];
