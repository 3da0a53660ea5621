// @ts-check
// Give the student a file: by the device's own share sheet where there is one that takes it, else as a download.

/** Whether it goes by the share sheet. @param {File} file */
export const shares = (file) => globalThis.matchMedia("(pointer: coarse)").matches && Boolean(navigator.canShare?.({ files: [file] }));

/** Whether the student has it now. @param {File} file @returns {Promise<boolean>} */
export async function give(file) {
  if (shares(file)) {
    try {
      await navigator.share({ files: [file], title: file.name });
      return true;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false; // the student has closed the sheet
    }
  }
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // a slow phone reads it after the click
  return true;
}
