/// The style sheet and the script in nginx/static: by which address browsers ask for them.
package enum StaticFiles {
    /// Of their bytes: another one is another address, so that browsers may keep them for ever.
    package static let version = "whki0a540rd1"
}
