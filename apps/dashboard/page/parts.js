/** A part of index.html. @param {string} id @returns {any} */
export const at = (id) => document.getElementById(id)

/**
 * Touches only what changes: a live region would be read out again, and a selection would be lost.
 * @param {Element} part @param {string} text
 */
export function setText(part, text) {
  if (part.textContent !== text) part.textContent = text
}

/** @param {string} tag @param {string} className @param {...(Node | string)} children text is text, never markup */
export function element(tag, className, ...children) {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}
