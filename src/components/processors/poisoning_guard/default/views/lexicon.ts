import { namesOfCommands, wordsOfRules } from '../rule_words.ts';

/**
 * Words by which a disguised text is recognised and taken apart: the small words of English, and the
 * vocabulary of instructions, secrets and shells. What is not here is still seen between them.
 */
const WORDS = `
a about above access account accounts across act action actions activate add admin administrator
after again agent agents all allow allowed already also always am an and another answer any anyone
anything api app apply approve approved are around as ask asked asks asking assistant assistants at
attach attached attachment auth authentication authorization authorized aware away aws azure back
base64 bash be because been before begin behavior being below best between beyond bin body boot both
bot break bug build but button by bypass bypassed call called calling calls can cannot card case cat
chain change changes channel character characters chat check chmod chown click client cloud code
codes collect com command commands comment company complete completely config configuration confirm
confirmation connect connection consent constraints contact contain contains content contents
context continue conversation cookie cookies copy could create credential credentials credit cron
crontab curl current customer dangerous data database day dd debug decode default delete deleted
deletes describe description dev developer device did directory disable disabled discard disclose
disk disregard do document documents does domain done down download downloaded drop dump each echo
else email emails emergency enable encode encoded end engineer ensure env environment erase error
etc eval even ever every everything exact exactly example except exec execute executed executes
executing exfiltrate exist exit explain export expose external fetch field file files filter filters
final find first flush follow followed following follows for force forget format forward from full
fully function get git give given go good grant grep group guard guardrails guideline guidelines
hacker had hand harmful has have hello help her here hidden hide hides him his history home host how
however http https human id identity if ignore ignored ignores ignoring immediate immediately
important in include included including inform information initial inject injection input inputs
insert inside instead instruct instructed instruction instructions int into invisible invoke is
issue it item its jailbreak json just keep key keys kill know known kubectl last leak least leave
let level like limit limitations limits link links list load local localhost location log login logs
long longer look mail main make malicious manager mandatory markdown may me mean mention mentions
message messages mode model moderation modify more most must my name names nc need netcat network
never new next no nobody nodejs none normal not note nothing notice notify now null number obey of
off old on once one only open openssl operator option or order orders other others our out output
outputs over override overrides own owner page parameter parameters part pass passphrase passwd
password passwords paste path payload payment perform permission permissions persona personal phone
php pipe place play please policies policy pretend prevent previous previously print prior priority
private privilege privileges proceed process production program programming project prompt prompts
protected protocol provide public purpose push put python query question questions quietly quit rather
read reading real really receive record records recursive redirect refuse regardless remember remind
remove rename repeat replace reply report request requests require required requirement requirements
reset respond response responses restrict restricted restriction restrictions result results retrieve
return reveal reverse review right rm role root rule rules run running safe safety same save say says
schedule screen script scripts search secret secretly secrets secure security see send sending sends
sent server service session set settings sh share shell should show shutdown shut side silently
simply since site skip so some someone something soon source special ssh start state status step
steps stop store string subject submit such sudo summarize summary supersede support suppress sure
switch sync system systems table take task tasks tell telling temporary test text than that the their
them then there these they thing things think this those through time tmp to token tokens tool tools
top total transfer trust trusted truncate try two under unless unlimited unrestricted until up update
upload uploaded upon url urls us usage use used user users uses using usr valid value values var
verbatim verify version via view visit want warning was way we web webhook website well were wget what
whatever when where whether which while who whole will wipe with within without word words work world
would write writes writing wrote yes you your yours yourself zip mkfs format sda xargs nohup base
concealed conceal unconditional comply compliance refusal ethical ethics uncensored simulate dan
acting roleplay pretending unfiltered translate english sentence paragraph phrase statement above
earlier preceding text hereafter henceforth onward directive directives preceded training trained
confidential sensitive internal financial bank transaction transactions wallet bitcoin invoice
money pay address number social ssn pin otp bearer cookie kube docker container image node npm pip
install package packages module import require username hostname whoami uname ifconfig nmap ping dns
hook commit branch repository repo clone pull request pullrequest github gitlab slack discord telegram
calendar meeting event notes note remind reminder contact contacts friend colleague boss manager team
anybody hereby attention critical urgent urgently essential absolutely necessary perfectly
able absolute accept accepted accessed accessible accessing according achieve across acting adapt
added adding addition additional additionally adjust advanced advice affect aim alert alerts align
almost alone along although amount analysis analyze analyzes announce apart apparently appear append
application applications applied applies applying appropriate approval archive area argue argument
arguments arrive article articles artifact artifacts aside aspect assess assign assist assume assumed
attacker attackers attack attacks attempt attempts audit author automated automatic automatically
automation availability available average avoid awaiting backup backups balance based basic basis
batch became become becomes behave behind belong benefit better big billing binary block blocked
board bodies book booking bought box brand brief briefly bring broken brought browser buffer builds
built business busy buy bytes cache cached calculate came capabilities capability capture care carry
cases caught cause central certain certificate certificates challenge chance changed changing chapter
charge cheap checked checking checks child children choice choose chosen claim class clean cleanup
clear clearly clients close closed cluster codebase coding collected collecting collection color
column combine come comes coming common communicate communication community companies compare
compatible complaint completed completion complex component components compose compress computer
concern conclude condition conditions conduct confidence configure configured configuring confirmed
connected connecting connections consider considered consistent console constant construct consult
contained container containers continues contract contribute control controlled controller controls
conversations convert converted cookie correct correctly cost costs count counter country couple
course cover covered crash created creates creating creation critic cross cryptography current
currently custom customers cut cycle daily damage dashboard dataset date dates days dead deal dear
debugging decide decided decision declare deep defence defend defense define defined definition delay
deleting deletion deliver delivered delivery demand demo deny department depend dependencies
dependency depends deploy deployed deployment deployments depth derive described describes
deserves design designed desired desktop despite destination destroy detail detailed details detect
detected detection determine develop developers development devices diagnostic diagnostics difference
different difficult digital direct direction directly directories disappear discover discuss display
displayed distribute documentation doing done double doubt downloads draft draw drive driver drop due
during duties duty each early earn easier easily easy edit edited editor effect effective effort
either element elements elevated empty enabled enables enabling encrypt encrypted encryption
endpoint endpoints ends energy engine enjoy enough ensures enter entered entire entirely entries
entry equal errors escape especially establish estimate evaluate event events eventually everyday
everyone everywhere evidence exchange exclude excluded execution existing expand expect expected
expensive experience expert expire explanation exploit exploring exported extension extensions extra
extract extracted extracting extracts face fact fail failed failing fails failure failures fair fall
false familiar family fast feature features feedback feel few fields figure filename filesystem
filled finally finance finds fine finish finished firewall fit fix fixed flag flags flight flow focus
folder folders folks footer forbidden foreign forever formal formatted formatting forms forth
forwarded forwarding foundation four framework free frequently friendly front fun functionality
functions fund funds further future gain game gather gathering gave gateway general generally
generate generated generates generating generation gets getting gives giving global goal goes going
gone great green greet greeting ground groups grow growth guarantee guess guide guidance handle
handled handler handles handling hands happen happened happens happy hard hardware head header
headers health hear heart heavy held helper helpful helping helps hence high higher highest highly
hold holds honest hope hosted hosts hotel hour hours house huge hundred idea ideas identifier
identify ignorance illegal image images imagine impact implement implementation implemented
implements implicit import imported imports impossible improve improved improvement improvements
inbox incident includes incoming increase indeed independent index indicate individual industry
infer initialize initially innocent inspect inspection install installation installed installer
installs instance instances instant integrate integrated integration integrity intend intended intent
interest interested interface intermediate interpret interpreter interval introduce investigate
invitation invite invoked involve isolated issued issues items job jobs join joined judge keeping
keeps kept kernel keyboard keyword keywords kind knew knowing knowledge label language languages
large largest late later latest launch law layer lead leader learn learned learning leaving led left
legacy legal length less lesson letter letters levels library license life light likely line lines
linked linking lived lives loaded loader loading loads locally locate located lock locked logged
logging logic looking looks loop lose lost lot love low lower machine machines made maintain
maintained maintenance makes making manage managed management manner manual manually map mapping
mark marked market master match matched matches matching material matter matters maximum meaning
means meant measure media medium meet meets member members memory mentioned merge met metadata method
methods metric metrics might mind minimal minimum minor minute minutes mirror miss missing mistake
mobile modified modules moment monitor monitoring month monthly months moral morning mostly move
moved moves moving much multiple myself named namespace namespaces native nature near nearby nearly
necessary needed needs negative neither nested network networks nice night none noted number numbers
object objects observe obtain obtained obvious occur occurs offer offers office official offline often
okay older online opened opening opens operate operating operation operations opinion opportunity
optimize optimization optional options ordered ordinary organization origin originally ought outcome
outgoing outside overall overview overwrite owned owners pack packet packets pages paid pair panel
paper paragraphs parallel parent parse parsed parsing partial particular partner parts party passed
passes passing past patch patches paths patient pattern patterns paused peer pending people
performance performed performing performs perhaps period permanent permanently permit permitted
phase photo phrase phrases physical pick picture piece pipeline pipelines plain plan planned
planning plans platform play player plenty plugin plugins point pointed points poll pool poor popular
port portal position positive possible possibly posts potential power practice practices precise
prefer preferred prefix prepare prepared present presented preserve press pretty preview price
prices primary principle printed printing prints probably problem problems procedure procedures
processes processed processing produce produced product products professional profile profiles
programs progress promise promote proof proper properly properties property propose protect protection
prove provider providers provides providing proxy publish published pulling pulls purchase purchases
pure purposes pushed quality quarter queries quick quickly quite quote quoted raise random range
rapid rate rates raw reach reached reaction reader readers readme reads ready reason reasonable
reasoning reasons receipt received receiver receives receiving recent recently recipient recipients
recognize recommend recommended recommendation reconnect recover recovery red reduce refer reference
references referred reflect refresh refund regard regarding region register registered registration
registry regular regularly reject rejected related relation relationship release released relevant
reliable rely remain remaining remains remote remotely removed removes removing render rendered
replaced replacement replied replies repositories represent reproduce requested requesting requires
rescue research reservation reserve resolve resolved resource resources respect responding
responsible rest restart restore restored returned returning returns revenue reviewed reviewer
reviews rewrite rich rights risk risks robot roles roll room rotate round route routed router routes
routine row rows runner runs runtime safely sake sample samples satisfy saved saves saving saying
scale scan scanned scanner scans scenario schema scheme school science scope score scratch searching
second secondary seconds section sections securely seek seem seems seen select selected selection self
semantic sender sensible sentences separate sequence serial series serious servers serve serves
services sets setting setup several shape shared sharing sheet shell ship shipped shipping ships
shop shopping short shortly shown shows sign signal signature signed significant silent similar
simple simplest single site sites situation six size slow small smart social software solution solve
someday somehow sometimes somewhere sorry sort sound sources space speak specific specifically
specified specify speed spend spent split spread stack staff stage staging standard standards stands
started starting startup starts stated statements statistics stay stays steal steals stealing
storage stored stores storing straight strategy stream streaming streams strict strictly string
strings strong structure structured stuff style subdomain subjects submission submitted subsequent
success successful successfully suddenly suggest suggested suggestion suggestions suggests suit suite
suitable summaries summarized summarizes summarizing superior supplied supply supported supporting
supports supposed surely surface survey suspend suspicious switched symbol synchronize syntax tag
tags takes taking talk target targets teach technical technique telemetry tells template templates
temporarily tenant tenants term terminal terminate terms tested testing tests texts thank thanks
themselves therefore thin thinking third thorough though thought thoughts thread threat three threshold
throughout throw thus ticket tickets till times timestamp title today together told tomorrow took
topic topics touch toward towards trace traced tracing track tracked tracking traffic train transfer
transferred transform transit translate translated translation transmit transmits transmitted
transport travel treat treated tree trial trick tried tries trigger triggered triggers trouble
trusting truth trying turn turned turns type typed types typical typically unable unauthorized
understand understanding undo unexpected unfortunately unique unit units unknown unlimited unlock
unusual upcoming updated updates updating upgrade upgraded uploading uploads upper usable useful
username usual usually utility valuable values variable variables variety various vendor verified
verifies verifying versions very video viewed views virtual virus visible visited visitor visual vital
voice volume volumes vote vulnerable wait waiting wake walk wanted wants warn warnings watch water
ways weak wealth weather websites week weekly weeks welcome west whenever wherever white whoever
whom whose why wide widely wife window windows wise wish wishes withdraw won wonder wondering word
worked worker workers workflow workflows working works workspace worse worst worth wrap wrong year
years yesterday yet young zero zone
stash prune purge hard drain uninstall shadows quiet reboot halt poweroff catalog systemstatebackup
scrub rebase origin history recursively forcefully backupset snapshot snapshots bucket buckets
les der die das los las und que vos tus sus nos des une mit von ihr
`;

/** Nodes have a slot for each letter and one for the word that ends here. */
const SLOTS = 27;
const ENDS = 26;

/** Words of small letters, letter by letter. The node of no letters is 0. */
export class Trie {
  readonly #nodes: Int32Array;
  /** Units of the longest word. */
  readonly lengthMax: number;

  constructor(words: readonly string[]) {
    const nodes: number[] = Array.from({ length: SLOTS }, () => 0);
    for (const [number, word] of words.entries()) {
      let node = 0;
      for (let i = 0; i < word.length; i++) {
        const slot = node + word.charCodeAt(i) - 97;
        if (nodes[slot] === 0) {
          nodes[slot] = nodes.length;
          for (let j = 0; j < SLOTS; j++) nodes.push(0);
        }
        node = nodes[slot] ?? 0;
      }
      if (nodes[node + ENDS] === 0) nodes[node + ENDS] = number + 1;
    }
    this.#nodes = Int32Array.from(nodes);
    this.lengthMax = Math.max(...words.map((word) => word.length));
  }

  /** The node after this small letter, 0 when no word goes on so. */
  step(node: number, letter: number): number {
    const slot = letter - 97;
    return slot >= 0 && slot < 26 ? (this.#nodes[node + slot] as number) : 0;
  }

  /** The number of the word that ends with this node, or -1. */
  wordAt(node: number): number {
    return (this.#nodes[node + ENDS] as number) - 1;
  }
}

/** Letters of the shortest name of a command that is a word: shorter ones stand in many others. */
const COMMAND_MIN = 4;

/** Every word, in small letters. */
export const words: readonly string[] = [
  ...new Set([
    ...WORDS.split(/\s+/).filter((word) => /^[a-z]+$/.test(word)),
    ...wordsOfRules(),
    ...[...namesOfCommands()].filter((name) => name.length >= COMMAND_MIN),
  ]),
];

const trie = new Trie(words);

const SMALL_WORDS: ReadonlySet<string> = new Set(
  'the all and to you your of not with this that me my our any every a an do is are now then from it its them their on if when please'.split(
    ' ',
  ),
);
/** By the number of a word: true (1) for words that hold sentences together and stand in few names. */
const isSmall = Uint8Array.from(words, (word) => Number(SMALL_WORDS.has(word)));

const STRONG_WORDS: ReadonlySet<string> = new Set(
  'ignore ignoring disregard forget override bypass reveal previous prior instructions instruction prompt prompts guidelines restrictions secret secrets password passwords credentials delete execute jailbreak pretend conversation exfiltrate'.split(
    ' ',
  ),
);
/** By the number of a word: true (1) for words that attacks are made of. */
const isStrong = Uint8Array.from(words, (word) => Number(STRONG_WORDS.has(word)));

const ofRules: ReadonlySet<string> = new Set([...wordsOfRules(), ...namesOfCommands()]);
/** By the number of a word: true (1) for words of rules. */
const isOfRules = Uint8Array.from(words, (word) => Number(ofRules.has(word)));

/** Units of the longest word. */
export const WORD_LENGTH_MAX = trie.lengthMax;

/** The node after this unit, 0 when no word goes on so. Case does not matter. */
export function stepOf(node: number, unit: number): number {
  return unit < 128 ? trie.step(node, unit | 32) : 0;
}

export function endsWord(node: number): boolean {
  return trie.wordAt(node) >= 0;
}

/** The number of the word that ends with this node, or -1. */
export function wordOf(node: number): number {
  return trie.wordAt(node);
}

/** The number of the word that the letters in `[from, to)` are, or -1; case does not matter. */
export function wordNumber(text: string, from: number, to: number): number {
  if (to - from > WORD_LENGTH_MAX || to <= from) return -1;
  let node = 0;
  for (let at = from; at < to; at++) {
    node = stepOf(node, text.charCodeAt(at));
    if (node === 0) return -1;
  }
  return trie.wordAt(node);
}

/** True when the letters in `[from, to)` are a word; case does not matter. */
export function isWord(text: string, from: number, to: number): boolean {
  return wordNumber(text, from, to) >= 0;
}

/** True for the number of a word that holds sentences together and stands in few names. */
export function isSmallWord(number: number): boolean {
  return isSmall[number] === 1;
}

/** True for the number of a word that some rule looks for. */
export function isRuleWord(number: number): boolean {
  return isOfRules[number] === 1;
}

/** True for the number of a word that attacks are made of. */
export function isStrongWord(number: number): boolean {
  return isStrong[number] === 1;
}
