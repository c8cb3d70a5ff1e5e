/** How many values one `in (...)` may carry on every database. */
export const listLimit = 500;
