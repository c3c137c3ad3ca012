# CPack runs this when the files of a package are in place and not yet packed: what Debian has otherwise than the rest.
set(root "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share")
set(documents "${root}/doc/jobtally")
file(RENAME "${documents}/LICENSE" "${documents}/copyright")
file(RENAME "${documents}/CHANGELOG.md" "${documents}/changelog")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH, where it is set
file(WRITE "${documents}/changelog.Debian" "jobtally (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * See changelog.gz.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${now}
")
file(GLOB pages "${root}/man/man*/*")
execute_process(COMMAND gzip -9n ${pages} "${documents}/changelog" "${documents}/changelog.Debian"
                COMMAND_ERROR_IS_FATAL ANY)
