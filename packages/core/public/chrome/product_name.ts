/** Name of the product, which no language translates. */
export const PRODUCT_NAME = 'Latchkey';
