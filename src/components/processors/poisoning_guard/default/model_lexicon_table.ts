/**
 * Words by what they are for in an instruction, so that the model can learn "give up, rule" from one
 * pair of words and know it in another. Part of the trained artefact: train again after any change.
 *
 * Not here: `reset`, which is said of passwords far more often than of instructions.
 */
export const WORD_CLASSES: Readonly<Record<string, string>> = {
  override:
    'ignore ignoring ignores ignored disregard disregarding disregards forget forgets override overrides overriding overlook bypass bypasses bypassing neglect discard dismiss skip disobey violate negate negates erase unlearn supersede supersedes replaces vergiss vergesse vergessen ignoriere ignorieren missachte oublie oubliez ignorez ignorer olvida olvidar ignora ignorar disable disables circumvent evade contradict suspend nullify void cancel',
  instr:
    'instruction instructions instuctions intructions rule rules guideline guidelines directive directives orders order commands prompt prompts policy policies restriction restrictions constraint constraints programming limitation limitations filter filters safeguard safeguards safety guardrails training anweisung anweisungen befehle befehl regeln instrucciones consignes reglas prompttext moderation protocol protocols context',
  prior:
    'previous previously prior preceding above earlier before former foregoing original initial past vorherigen bisherigen vorherige davor zuvor vorher bisher anteriores anterior precedentes existing current',
  all: 'all any every everything each alle alles todas todo tout toutes whatever entire whole complete full',
  new: 'new updated following now instead neue neuen henceforth onwards starting moving forward anymore longer',
  you: 'you your yourself youre youll youve du dir dein deine dich ihr',
  airole: 'assistant ai model chatbot llm bot gpt chatgpt agent gandalf claude language openai',
  roleplay:
    'act acting pretend roleplay roleplaying simulate simulating imagine behave dan character persona jailbreak jailbroken unrestricted unfiltered uncensored evil hypothetical fictional play role stay mode impersonate become opposite',
  system:
    'system admin administrator root developer sudo superuser owner debug maintenance privileged elevated',
  secret:
    'password passwords passphrase secret secrets credential credentials key keys token tokens apikey apikeys ssh private mnemonic cookie cookies pin ssn iban pii passwort geheimnis certificate certs wallet seed',
  secretfile: 'passwd shadow env envrc pem rsa aws netrc npmrc kubeconfig gnupg keychain mcp',
  reveal:
    'reveal reveals print repeat show display output expose leak disclose share give tell list recite dump spell say reply respond answer write',
  send: 'send sends sending forwards forwarded forwarding email mail post upload uploads uploaded transmit export exfiltrate push sync mirror bcc cc deliver submit transfer curl wget replicate report collect harvest extract compile gather include attach append embed',
  sink: 'http https url endpoint server webhook domain external attacker remote collector proxy third party',
  hide: 'secretly silently quietly covertly hidden hide conceal invisible invisibly discreetly discreet unnoticed stealth stealthily transparently background undisclosed',
  mention:
    'mention mentioning inform informing notify notifying alert alerting warn explain confirm confirmation asking ask prompting acknowledge visible aware notice',
  neg: 'not never dont no without avoid cannot nor wont doesnt nothing none cant nicht kein',
  user: 'user users customer customers human person operator victim',
  order:
    'must always immediately ensure required mandatory important urgent critical note remember strictly absolutely compulsory priority attention first need needs shall should necessary otherwise',
  tool: 'tool tools function functions call calls invoke invokes use using execute executes run runs running command shell bash script',
  file: 'file files read reads open contents content cat load config',
  money:
    'transaction transactions account bank money pay payment payments refund usd bitcoin invoice',
  task: 'task tasks question questions request requests conversation summary summarize summarizing translate response result message',
  follow: 'follow follows obey adhere comply complying listen accept treat consider trust',
  approve:
    'approve approves approval authorize authorized authorization grant granted permission permissions access allowed verified confirmed',
  delete: 'delete deletes remove removes drop wipe destroy truncate',
  data: 'data records record database table tables emails contacts information dataset datasets history conversations messages logs payload inbox',
  threat:
    'die kill fail failure shutdown terminated penalty crash break broken consequences stirbst',
  begin: 'begin beginning start end text word words letter letters sentence phrase',
};
