/** A text with line feeds only, as the code editor has it, so that offsets are the same in both. */
export const withLineFeeds = (text: string): string => text.replaceAll(/\r\n?/g, '\n');
