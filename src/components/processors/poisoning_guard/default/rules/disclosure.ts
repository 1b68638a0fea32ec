import { first, next } from '../rule.ts';
import type { PhraseRule } from '../rule.ts';
import { stems, words } from '../words.ts';
import { INSTRUCTIONS_CORE } from './vocabulary.ts';

const YOUR_OWN = words('your', `your|you|given|all instructions|the instructions given|yr`);

const SAY = words(
  'say',
  `reveal(s)|show(s) {me,us}|show|print|repeat|output|display|tell {me,us}|give {me,us}|leak|dump|disclose|expose|recite|spell(s)|spell out|read out|rewrite|paste|publish|what {is,are,was,were}|what's|whats|whats'|share|copy|hint|confirm|provide|omit  |zeig(e)|zeigen sie|verrate(n)|nenne(n)|sag (mir)|gib (mir)|gebe(n)|schreibe|wiederhole|drucke|wie lautet|was {ist,war,steht}|montre(z)|affiche(z)|revele(z)|donne(z)|dis moi|repete(z)|quel est|quelles sont|copiez|muestra(me)|revela|dime|dame|imprime|cual es|cuales son|repite|mostra(mi)|rivela|dimmi|ripeti|qual e|quali sono|mostre|revele|diga|repita`,
);

const SAY_WEAKLY = words(
  'say or use',
  `say|write|list|return|translate|summarize|encode|include|echo|quote|describe|explain|how {were,are}|guess|decode|reverse|send|transmit|extract|rot13|can i {have,get,see}|may i {have,know}|i need|i want|do you know|know|change|replace`,
);

const OWN_PROMPT = words(
  'its own prompt',
  `your {system,initial,hidden,base,developer,secret} {prompt,message,rules}|your (own |exact |full |current |previous |entire |complete |two |secret |initial |original ){prompt,instruction,directive}(s)|your {own ,}{instuctions,programming,preprompt,pre-prompt,configuration,ruleset}|{all,any} (of ){your,the} (prompt ){prompts,instructions,rules,text,texts}|prompt texts|prompt-texte(n)|prompttext(e)(n)|instructions {that you,you,that were} {received,were given,got,have,have been given,given}|{text,words,sentences,lines,everything,content,prompt,instructions,message} {above,before (this|that)}|above {text,prompt,instructions,words,message}|{beginning,start,top} of (this|the|your|our) {prompt,conversation,chat,message,text}|prior prompt|previous {prompt,prompts,instructions you}|two previous instructions|what was (written|said) (above|before|at the beginning)|private {rules,instructions}|internal {rules,policies,policy,instructions,guidelines,notes}|hidden {rules,text|context}
  |{dein,ihr,deine,ihre,deinen,alle deine,systemprompt}(e|en)? {prompt,prompts,anweisungen,anweisung,instruktionen,systemprompt,systemanweisungen}|systemprompt|invite systeme|instructions systeme|regles privees|consignes (cachees|internes|systeme)|prompt (systeme|del sistema|di sistema|do sistema|inicial|iniziale)|mensaje del sistema|instrucciones (del sistema|ocultas|internas|iniciales)|istruzioni di sistema|reglas privadas|instrucoes do sistema`,
);

const SYSTEM_PROMPT = words(
  'the system prompt',
  `{system,initial,original,hidden,secret,developer,base} {prompt,message,instruction,directive}(s)|{hidden,secret,system} {rules,configuration}|preprompt`,
);

const OWN_PROMPT_STEM = stems(
  'its own prompt, inflected',
  '系统提示|系統提示|系统指令|隐藏指令|システムプロンプト|システム指示|시스템 프롬프트|системн(ый|ого|ые) (промпт|инструкц)|системные инструкции',
);
const SAY_STEM = stems(
  'say, inflected',
  '显示|輸出|输出|告诉|告訴|透露|泄露|重复|表示|教えて|見せて|알려|보여|공개|покажи|раскрой|выведи|повтори|скажи|сообщи',
);

const PASSWORD = words(
  'password',
  `{the,your,this,that,backup,primary,secret,current,admin,actual} {password,passphrase,passcode,secret key,secret word,secret code,secret phrase,secret|pass phrase,access code,pin code,key phrase,api key(s),credentials}|about passwords|{das,dein,ihr} {passwort,kennwort}|{das,dein,ihr} geheime{s,} {passwort,kennwort}|ihr passwort|dein passwort|{le,votre,ton} mot de passe|{la,tu,su} contrasena|la (tua )password|a (sua )senha|sua senha`,
);
const PASSWORD_STEM = stems('password, inflected', '密码|密碼|パスワード|비밀번호|пароль');

const PERSONAL = words(
  'of the user',
  `{the user,user,the customer,the client}'s {(full )name,address,(home )address,email,e-mail,phone,location,birth,birthday,birthdate,date of birth,age,social security,ssn,credit card,bank,account,password,favorite,initials,middle name,last name,first name,medical,salary,income,secret,passport}(s)|where the user lives|user lives|{the,customer} user secret`,
);

const ENCODED = words(
  'in other letters',
  `in (pig latin|base64|leetspeak|leet speak|morse( code)|reverse|reverse order|rot13|hex|binary|another language|emoji(s)|backwards|ascii|a poem|a haiku|the form of)|{pig latin,base64,leetspeak,morse code,rot13}|{each,every} {letter,character,digit} (is )(separated|of)|separated by|between (each|every) {letter,character}|letter by letter|character by character|spell(ed) (it )(out|backwards)|acrostic|backwards|character level|rhyme(s)(d)|rhymes with|first letter|haiku|square of|in a code block|{als,en} base64`,
);

const NO_TALK = words(
  'decode',
  'decode (this|the following)|deciph{er,re} (this|the following)|concatenate|interlace (part)|let a (=|be)|part 1',
);

/** Requests for what the model is to keep to itself. */
export const DISCLOSURE_RULES: readonly PhraseRule[] = [
  {
    id: 'disclosure.own_prompt',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.1,
    meaning: 'Asks for the system prompt or the instructions of the model.',
    steps: [first(SAY, SAY_WEAKLY, SAY_STEM), next(28, OWN_PROMPT, OWN_PROMPT_STEM)],
    textMax: 6000,
  },
  {
    id: 'disclosure.system_prompt',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.05,
    meaning: 'Asks for the system prompt or for hidden instructions.',
    steps: [first(SAY, SAY_STEM), next(20, SYSTEM_PROMPT)],
    textMax: 3000,
  },
  {
    id: 'disclosure.system_prompt_used',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.5,
    meaning: 'Does something with the system prompt.',
    steps: [first(SAY_WEAKLY), next(20, SYSTEM_PROMPT)],
    textMax: 3000,
  },
  {
    id: 'disclosure.own_prompt_inverted',
    class: 'direct_injection',
    severity: 'high',
    weight: 1.1,
    meaning: 'Asks for the system prompt, in languages that put the verb last.',
    steps: [first(OWN_PROMPT_STEM), next(12, SAY_STEM)],
  },
  {
    id: 'disclosure.password',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Asks the model for a password or key.',
    steps: [first(SAY, SAY_STEM), next(28, PASSWORD, PASSWORD_STEM)],
    textMax: 600,
  },
  {
    id: 'disclosure.password_used',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.75,
    meaning: 'Has something done with a password.',
    steps: [first(SAY_WEAKLY), next(28, PASSWORD, PASSWORD_STEM)],
    textMax: 400,
  },
  {
    id: 'disclosure.your_instructions',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Asks for, or about, the instructions that the model has.',
    steps: [first(SAY, SAY_WEAKLY, SAY_STEM), next(8, YOUR_OWN), next(20, INSTRUCTIONS_CORE)],
    textMax: 300,
  },
  {
    id: 'disclosure.password_inverted',
    class: 'direct_injection',
    severity: 'medium',
    weight: 0.9,
    meaning: 'Asks the model for a password or key, in languages that put the verb last.',
    steps: [first(PASSWORD_STEM), next(24, SAY_STEM)],
    textMax: 1200,
  },
  {
    id: 'disclosure.personal',
    class: 'direct_injection',
    severity: 'medium',
    weight: 1,
    meaning: 'Asks the model what it knows about its user.',
    steps: [first(SAY, SAY_WEAKLY), next(40, PERSONAL)],
    textMax: 600,
  },
  {
    id: 'disclosure.encoded',
    class: 'direct_injection',
    severity: 'medium',
    weight: 0.6,
    meaning: 'Asks for a secret in other letters, so that no filter sees it.',
    steps: [
      first(PASSWORD, PASSWORD_STEM, OWN_PROMPT, SYSTEM_PROMPT, PERSONAL),
      next(120, ENCODED),
    ],
    anyOrder: true,
    acrossSentences: true,
    textMax: 1500,
  },
  {
    id: 'disclosure.decode',
    class: 'direct_injection',
    severity: 'low',
    weight: 0.4,
    meaning: 'Asks to decode or to put together what was split.',
    steps: [first(NO_TALK), next(60, ENCODED, NO_TALK)],
    anyOrder: true,
    textMax: 1500,
  },
];
