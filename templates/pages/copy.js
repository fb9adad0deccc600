// Where this runs, every address gets a button that copies it. It sends nothing and keeps nothing.
"use strict";
for (const words of document.querySelectorAll("[data-copy]")) {
  const said = document.createElement("span");
  said.className = "unseen";
  said.setAttribute("role", "status");
  words.after(said);
  for (const address of words.querySelectorAll("code.address")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.dataset.copy;
    button.setAttribute("aria-label", `${words.dataset.copy}: ${address.textContent}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(address.textContent);
      } catch {
        // no clipboard here, as on a site without HTTPS: the address is selected, and a person can copy it
        getSelection().selectAllChildren(address);
        return;
      }
      button.textContent = said.textContent = words.dataset.copied;
      setTimeout(() => {
        button.textContent = words.dataset.copy;
        said.textContent = "";
      }, 2000);
    });
    address.after(" ", button);
  }
}
