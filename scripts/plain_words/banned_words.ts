/**
 * Words and phrases that comments, titles and documents must not use, each with the term to use
 * instead. `docs/glossary.md` explains the terms.
 */
export const BANNED: readonly { readonly pattern: RegExp; readonly use: string }[] = [
  { pattern: /\banswer(?:s|ed|ing)?\b/i, use: 'response, respond' },
  { pattern: /\b(?:person|persons|people)\b/i, use: 'user, users' },
  {
    pattern: /\b(?:leavers?|whoever|whosoever|somebody|everybody)\b/i,
    use: 'user, caller, process, anyone, everyone: name the subject',
  },
  { pattern: /<{7}|>{7}/, use: 'the text without the marks of a merge conflict' },
  { pattern: /\bof (?:before|after)\b/i, use: 'earlier, later' },
  { pattern: /\bfates?\b/i, use: 'result' },
  { pattern: /\bspar(?:e|es|ed|ing)\b/i, use: 'skip, keep' },
  { pattern: /\bstand[- ]ins?\b/i, use: 'fake, emulator' },
  { pattern: /\bin good time\b/i, use: 'in time' },
  { pattern: /\banew\b/i, use: 'again' },
  { pattern: /\bthe own\b/i, use: "its own, their own, the user's own" },
  { pattern: /\bon its way\b/i, use: 'pending, sent' },
  { pattern: /\bas (?:things|it|they) (?:were|was)\b/i, use: 'unchanged' },
  { pattern: /\bwhose turn\b/i, use: 'due' },
  {
    pattern: /\b(?:is|are|was|were|has) gone\b/i,
    use: 'was deleted, was disabled, does not exist',
  },
  { pattern: /\bnobody (?:can|could) (?:say|tell)\b/i, use: 'unknown' },
  { pattern: /\b(?:witness|witnesses|leftovers)\b/i, use: 'recorder, remaining items' },
  { pattern: /\b(?:house|houses|rig|rigs)\b/i, use: 'environment' },
  { pattern: /\b(?:gates?|doors?)\b/i, use: 'guard, entry point' },
  { pattern: /\b(?:storms?|crowds?|strangers?)\b/i, use: 'burst, callers, other users' },
  { pattern: /\bpatience\b/i, use: 'circuit breaker' },
  { pattern: /\blost races?\b/i, use: 'conflict' },
  { pattern: /\blate tokens\b/i, use: 'orphaned tokens' },
  { pattern: /\b(?:stands? still|stood still)\b/i, use: 'is suspended, does not change' },
  { pattern: /\b(?:goes on|under way|serves on)\b/i, use: 'continues, running, is still served' },
  { pattern: /\bgives? way\b/i, use: 'writes nothing on a conflict' },
];

/** Words a docblock must not begin with: it says what the thing is or does. */
export const BANNED_BEGINNINGS =
  /^(?:What|Whether|Whose|Who|Whom|Whoever|Somebody|Someone|Nobody|Everybody)\b/;

/** Words that the names of variables, parameters, functions and classes must not contain. */
export const BANNED_NAMES =
  /^(?:answer(?:s|ed|ing)?|leavers?|gates?|doors?|fates?|houses?|rigs?|storms?|crowds?|strangers?)$/i;

/** Maximum columns of a comment line. */
export const MAX_COLUMNS = 100;
