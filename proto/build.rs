//! Generates the gRPC interface from `acd/v1/*.proto`, if the feature `api` wants it.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "api")]
    api::generate()?;
    Ok(())
}

#[cfg(feature = "api")]
mod api {
    use std::error::Error;
    use std::path::PathBuf;

    const FILES: [&str; 6] = [
        "acd/v1/values.proto",
        "acd/v1/facts.proto",
        "acd/v1/control.proto",
        "acd/v1/supervision.proto",
        "acd/v1/board.proto",
        "acd/v1/operations.proto",
    ];

    pub(crate) fn generate() -> Result<(), Box<dyn Error>> {
        println!("cargo::rerun-if-changed=acd");
        let mut compiler = protox::Compiler::new(["."])?;
        compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
        let out = PathBuf::from(std::env::var("OUT_DIR")?);
        std::fs::write(out.join("acd_v1.bin"), compiler.encode_file_descriptor_set())?;
        tonic_prost_build::configure()
            // It may hold a telephone number; `Debug` is written by hand.
            .skip_debug([
                "acd.v1.Caller",
                "acd.v1.Caller.identity",
                "acd.v1.Destination",
                "acd.v1.Destination.whom",
                "acd.v1.ShowNumberResponse",
                "acd.v1.CallerToCallBack",
            ])
            .compile_fds(compiler.file_descriptor_set())?;
        Ok(())
    }
}
