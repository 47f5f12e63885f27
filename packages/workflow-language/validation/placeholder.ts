/** Texts that stand for a connector or workflow in files that are shared. */
const PLACEHOLDER = /^(?:<.*>|__.*__.*|.*(?:REPLACE|ENTER|YOUR)[ _-].*)$/s;

/** Tells if a text stands for an id that the user has to choose. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}
