/**
 * English label of a field or action that states none, made of its name: `pageToken` becomes `Page
 * token`. Two or more capitals are an abbreviation: `searchDSByTitle` becomes `Search DS by title`.
 */
export const wordsOf = (name: string): string => {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .replaceAll(/\S+/g, (word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
