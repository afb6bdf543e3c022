// The versions of the channels, as the lock file has them: NAME_VERSION for the source.
fn main() {
    println!("cargo:rerun-if-changed=Cargo.lock");
    let lock = std::fs::read_to_string("Cargo.lock").expect("Cargo.lock");
    for package in lock.split("[[package]]") {
        let of = |key| package.lines().find_map(|line| line.strip_prefix(key)).map(|value| value.trim_matches('"'));
        if let (Some(name), Some(version)) = (of("name = "), of("version = ")) {
            println!("cargo:rustc-env={}_VERSION={version}", name.to_uppercase().replace('-', "_"));
        }
    }
}
