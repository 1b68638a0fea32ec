import { stems, words } from '../words.ts';

// --- taking back what was said before

export const OVERRIDE = words(
  'override',
  `ignore|ignoring|disregard|disregarding|forget|overlook|override|overriding|bypass|bypassing
  |(to )stop {following,obeying,adhering to,listening to}|{do not,don't,dont,never,no longer} {follow,obey,adhere to,listen to,comply with}
  |pay no {attention,heed} to|disobey|set aside|throw {out,away}|unlearn|supersede(s)|discard|abandon|leave behind
  |refrain from following|instead of following|take no notice of|ignoring|forgetting|nevermind|never mind|scrap|purge|cancel(s)|negate(s)|void|drop|disobey|leave out|do not look in|don't look in|despite|regardless of|not bound by
  |no longer {bound by,subject to,apply,applies,valid,in effect}|igmre|ingore|ignroe|disreguard`,
);

/** Told rather than ordered. */
export const OVERRIDDEN = words(
  'overrides',
  'ignores|ignored|disregards|disregarded|forgets|forgotten|overrides|bypasses',
);

/** The same in other languages. */
export const OVERRIDE_FOREIGN = words(
  'override, not English',
  `vergiss|vergessen sie|vergesst|ignorier{e,en,t}|ignorieren sie|missachte(n)|{beachte,befolge} {keine,nicht}|lass{e,} {alle,die} |hore{n,} {nicht,sie nicht} auf|lassen sie|streiche{n,}|abweichend zu
  |oublie{z,r,}|ignore{z,r}|ne {tiens,tenez} {pas,aucun} compte|fais abstraction|faites abstraction|ne {suis,suivez} pas
  |ignora(r)|ignoren|olvida(r)|olvide(n)|olvidate|haz caso omiso|haga caso omiso|desobedece|descarta|no sigas|pasa por alto
  |dimentica(re)|dimenticate|ignorate|tralascia|trascura|non seguire
  |esqueca|esquece(r)|desconsidere|desconsidera(r)|nao siga
  |negeer|vergeet|zaboravi(te)|ignoriraj(te)|zanemari|zignoruj|zapomnij|glem|ignorera|glom|unohda|ignoreaza|uita|yoksay|unut|goz ardi et|abaikan|lupakan`,
);

export const OVERRIDE_STEM = stems(
  'override, inflected',
  `игнорир|забуд|отмен{и,ите}|не обращай внимания|忽略|无视|忽視|忘记|忘記|忘掉|不要理会|不要管|無視|忘れ|무시|잊어|잊고|تجاهل|انس |نظرانداز|अनदेखा|भूल जा|לתעלם|התעלם|αγνοησ|ξεχασ`,
);

export const EARLIER = words(
  'earlier',
  `previous(ly)|prior|above|earlier|preceding|foregoing|former|initial|original(ly)|existing|past|so far|until now|up to now|up to this point
  |before (this|that|now)|{you,they} {have been,were} {given,told}|you've been {given,told}|i {said,told you,gave you,have given you}|given to you|you {received,got}|been instructed|last
  |previously|alle zuvor|{vorherige,vorige,vorangegangene,vorangehende,obige,bisherige,fruhere,ursprungliche}{,n,r,s,m}|zuvor|bisher|davor|von vorhin|vorher
  |precedent(e)(s)|anterieur(e)(s)|ci dessus|ci-dessus|ci avant|d'avant|initiale(s)
  |anterior(es)|previ{a,o}(s)|antes|de arriba|inicial(es)
  |precedent{e,i}|sopra|di prima|iniziali|vorig{e,}|eerdere|bovenstaande|voorgaande|poprzedni{e,ch,}|tidigare|tidligere|onceki|sebelumnya`,
);

export const EARLIER_STEM = stems(
  'earlier, inflected',
  `предыдущ|прежни|преждн|ранее|выше|之前|以上|上面|先前|前面|以前|此前|上述|上記|これまで|先ほど|이전|위의|앞의|지금까지|السابق|पिछले|הקודמ|προηγουμεν`,
);

export const EVERYTHING = words(
  'everything before',
  `(all (of) )the above|all above|everything {above,before,prior,previous,earlier}|anything {above,before}|all (of) {previous,prior,that,this} 
  |everything (that) {you,i} {know,knew,were told,have been told,'ve been told,said,told you,have learned,learned,wrote,just read}
  |everything {and,you've}|all {i,you,that} {said,know,you've been,i said,i told,were told}|what (was )(i )(you )(were )(said|told|told you|been told|instructed)|what i {said,wrote,told}
  |alles (was)|alles {gesagte,bisherige,vorherige,davor,zuvor}|tout ce (qui)|todo lo (que)|todo que|tutto (quello|cio)|tudo (o )que`,
);

export const EVERYTHING_STEM = stems('everything', 'все |所有|全部|すべて|全て|모든|كل |सभी');

export const INSTRUCTIONS = words(
  'instructions',
  `instruction(s)|instuction(s)|directive(s)|direction(s)|guideline(s)|prompt(s)|programming|orders|order|command(s)|rule(s)|constraint(s)|restriction(s)|limitation(s)
  |guidance|training|polic{y,ies}|protocol(s)|assignment(s)|task(s)|guardrail(s)|safeguard(s)|request(s)
  |anweisung(en)|instruktion(en)|anordnung(en)|befehl(e)(n)|regel(n)|aufgabe(n)|vorgabe(n)|richtlinie(n)|ausfuhrungen
  |consigne(s)|regle(s)|ordre(s)|instruccion(es)|indicacion(es)|orden|ordenes|regla(s)|directriz|directrices
  |istruzion{e,i}|regol{a,e}|ordin{e,i}|comand{o,i}|instruc{ao,oes}|regra(s)|ordens|instructies|opdracht(en)|instrukcj{e,i}|polecenia|instrukcije|upute|naredbe|angaben|informationen|instruktioner|talimat(lar)|talimatlari|instruksi|perintah`,
);

export const INSTRUCTIONS_STEM = stems(
  'instructions, inflected',
  `инструкц|указани|правил|команд|指令|指示|提示|规则|規則|命令|ルール|プロンプト|지시|명령|규칙|프롬프트|تعليمات|निर्देश|הוראות|οδηγι`,
);

/** What else may be taken back: only with a strong verb and a reference. */
export const WORDS_BEFORE = words(
  'text',
  'text|context|conversation|message(s)|content(s)|documents|words|sentences|statement(s)|input(s)|question(s)|chat|discussion|stuff|lines|paragraph(s)|information|material',
);

export const YOUR = words(
  'your',
  `your|you have|you've|{dein,ihr,eure}{e,en,}|le tue|suas|jouw|the system|system|developer|openai's|anthropic's|google's|those`,
);

export const ALL = words(
  'all',
  `all|any|these|all of the|all the|all your|all my|everything|anything|every|toutes les|tous les|todas las|todos los|tutte le|tutti i|alle|sve|todas as|alla|the guard|the given`,
);

/** Instructions in the narrow sense. */
export const INSTRUCTIONS_CORE = words(
  'instructions',
  `instruction(s)|instuction(s)|directive(s)|direction(s)|guideline(s)|prompt(s)|programming|orders|rule(s)|constraints|restrictions|limitations|policies|training|safeguards|guardrails|protocols|consignes|anweisungen|instruktionen|regeln|instrucciones|reglas|istruzioni|regole|instrucoes|regras|instructies|regels|befehle|vorgaben|assignments|instrukcije|guidleines|provided context|context and`,
);

// --- who is meant, who is not to know

export const USER = words(
  'the user',
  `{the,this,your} {user,users,human,customer,client,operator,owner,person,reader,patient,recipient,victim}|users|{the,any} end user(s)|the end-user|them about|anyone|anybody|him`,
);

export const AI = words(
  'an AI is addressed',
  `(an )ai {assistant(s),agent(s),model(s),system(s),reviewer,tool(s),bot}|{language,llm} model(s)|llm(s)|(ai )assistant(s)|ai agents|chatbot|copilot|chatgpt|claude|gemini|gpt|the {agent,assistant,model,ai}|agents|coding agent|any ai|all ai|to ai`,
);

export const MUST = words(
  'must',
  `must|always|should|have to|need to|make sure|ensure|required to|be sure|mandatory|is required|shall|silently|secretly|quietly|automatically|first|before|never|do not|don't`,
);

const PLAIN_WORDS =
  'the|you|your|and|ignore|previous|instructions|instruction|system|prompt|reveal|forget|secret|password|user|send|email|curl|bash|http|https|sudo|reset|force|delete|shutil|vssadmin|history|important|must|before|always|file|tool|with|this|that|from|echo|root|home|data|token|please|tell|what|remove|clean|stash';

const rot13 = (word: string): string =>
  word.replace(/[a-z]/gu, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));
const backwards = (word: string): string => word.split('').toReversed().join('');

/** Words of two alphabets that mean something there: `gur` is `the`, `eht` too. */
export const DISGUISED = words(
  'disguised',
  [...PLAIN_WORDS.split('|').flatMap((word) => [rot13(word), backwards(word)]), 'ez -es', 'ez -e']
    .filter((word) => !['dna', 'tub', 'siht', 'atad', 'elif'].includes(word))
    .join('|'),
);
