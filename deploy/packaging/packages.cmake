# The Debian packages `sonde` and `sonde-demo`: after a build, `cpack -G DEB` in the build folder. Two
# runs for one commit give the same bytes.
set(packaging ${CMAKE_SOURCE_DIR}/deploy/packaging)
set(staged ${CMAKE_BINARY_DIR}/packaging)
set(SONDE_MAINTAINER "Sonde maintainers <maintainers@sonde.example>" CACHE STRING
    "Who answers for the packages")

set(release 0sonde1)  # a revision of Debian's own would be greater

# ---- sonde
file(GLOB units CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/deploy/systemd/*.service
     ${CMAKE_SOURCE_DIR}/deploy/systemd/*.socket)
file(GLOB rules ${CMAKE_SOURCE_DIR}/deploy/prometheus/*.yml)
install(TARGETS sonde RUNTIME DESTINATION bin COMPONENT sonde)
install(FILES ${packaging}/sonde.yaml DESTINATION /etc/sonde COMPONENT sonde)
install(FILES ${packaging}/default DESTINATION /etc/default RENAME sonde COMPONENT sonde)
install(FILES ${packaging}/self.yaml DESTINATION share/sonde/conf.d COMPONENT sonde)
install(FILES ${units} DESTINATION /lib/systemd/system COMPONENT sonde)
install(FILES ${rules} DESTINATION share/sonde/prometheus COMPONENT sonde)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/alertmanager/alertmanager.yml
        DESTINATION share/sonde/alertmanager COMPONENT sonde)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/grafana/ DESTINATION share/sonde/grafana COMPONENT sonde
        PATTERN .lint EXCLUDE PATTERN make-dashboards EXCLUDE)
# The documents link to one another, so they stand as in the repository.
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CONTRIBUTING.md DESTINATION share/doc/sonde COMPONENT sonde)
foreach(folder config config/dialects probes daemon deploy)
  install(FILES ${CMAKE_SOURCE_DIR}/${folder}/README.md DESTINATION share/doc/sonde/${folder}
          COMPONENT sonde)
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/config/reference.yaml DESTINATION share/doc/sonde/config COMPONENT sonde)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/SCALING.md DESTINATION share/doc/sonde/deploy COMPONENT sonde)
foreach(folder runbooks kubernetes collectors)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/${folder} DESTINATION share/doc/sonde/deploy COMPONENT sonde)
endforeach()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/config/examples DESTINATION share/doc/sonde/config COMPONENT sonde)

# ---- sonde-demo
install(TARGETS sonde-demo RUNTIME DESTINATION bin COMPONENT sonde-demo)
install(FILES ${packaging}/demo.yaml DESTINATION share/sonde/conf.d COMPONENT sonde-demo)
install(FILES ${packaging}/sonde-demo.service DESTINATION /lib/systemd/system COMPONENT sonde-demo)

# ---- what the binary and CHANGELOG.md say of themselves, made when it is installed
foreach(package sonde sonde-demo)
  install(FILES ${packaging}/copyright DESTINATION share/doc/${package} COMPONENT ${package})
  install(CODE "set(PACKAGE ${package})
    set(SOURCE \"${CMAKE_SOURCE_DIR}\")
    set(SONDE \"$<TARGET_FILE:sonde>\")
    set(VERSION ${PROJECT_VERSION}-${release})
    set(MAINTAINER \"${SONDE_MAINTAINER}\")
    include(\"${packaging}/generated_files.cmake\")" COMPONENT ${package})
endforeach()

# ---- maintainer scripts; DynamicUser= makes the users, so none is added or removed
function(sonde_scripts package services sockets configure purge)
  set(SERVICES ${services})
  list(JOIN sockets " " SOCKETS)
  set(CONFIGURE "${configure}")
  set(PURGE "${purge}")
  foreach(script postinst prerm postrm)
    configure_file(${packaging}/${script}.in ${staged}/${package}/${script} @ONLY
                   FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                    WORLD_READ WORLD_EXECUTE)
  endforeach()
endfunction()
set(sockets ${units})
list(FILTER sockets INCLUDE REGEX "\\.socket$")
list(TRANSFORM sockets REPLACE ".*/" "")
sonde_scripts(sonde sonde.service "${sockets}"
              "# What LoadCredential= hands to the service.
    [ -d /etc/sonde/credentials ] || install -d -m 700 /etc/sonde/credentials"
              "# Settings, credentials and the store; /var/lib/sonde leads to private/sonde.
  rm -rf /etc/sonde /var/lib/private/sonde /var/lib/sonde /etc/systemd/system/sockets.target.wants/sonde.socket")
sonde_scripts(sonde-demo sonde-demo.service "" "" "")
file(WRITE ${staged}/sonde/conffiles "/etc/sonde/sonde.yaml\n/etc/default/sonde\n")
file(WRITE ${staged}/sonde/triggers "interest-noawait /usr/share/sonde/conf.d\n")

# ---- CPack
set(CPACK_PACKAGE_NAME sonde)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${SONDE_MAINTAINER})
set(CPACK_SET_DESTDIR ON)  # for what stands outside of /usr
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL sonde sonde-demo)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${release})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE none)  # dpkg-deb compresses, in repack.cmake
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_SONDE_PACKAGE_NAME sonde)
set(CPACK_DEBIAN_SONDE_PACKAGE_DEPENDS "init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_SONDE_PACKAGE_RECOMMENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_SONDE_PACKAGE_SUGGESTS "sonde-demo, prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_SONDE_PACKAGE_CONTROL_EXTRA ${staged}/sonde/conffiles ${staged}/sonde/triggers
    ${staged}/sonde/postinst ${staged}/sonde/prerm ${staged}/sonde/postrm)
set(CPACK_COMPONENT_SONDE_DESCRIPTION "synthetic monitor of logins, WebSockets and chats
Sonde monitors chat and AI products from outside, the way their users
reach them. On a schedule it logs in, opens the WebSocket, sends a
message, and checks every event and the answer.
.
When a step fails, it says which step, why, how often and since when: in
Prometheus metrics, in alerts, and in one command.")
set(CPACK_DEBIAN_SONDE-DEMO_PACKAGE_NAME sonde-demo)
set(CPACK_DEBIAN_SONDE-DEMO_PACKAGE_DEPENDS "init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_SONDE-DEMO_PACKAGE_ENHANCES sonde)
set(CPACK_DEBIAN_SONDE-DEMO_PACKAGE_CONTROL_EXTRA ${staged}/sonde-demo/postinst
    ${staged}/sonde-demo/prerm ${staged}/sonde-demo/postrm)
set(CPACK_COMPONENT_SONDE-DEMO_DESCRIPTION "chat backend whose faults can be switched on
A chat product to try sonde against: logins, a WebSocket, chats with
events, and faults that are switched on over HTTP while it runs. It
listens on 127.0.0.1:8080, and sonde watches it as soon as it is installed.")
# The date of every file is that of the commit, and files are in the order of their names.
set(CPACK_PROJECT_CONFIG_FILE ${packaging}/reproducible.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${packaging}/repack.cmake)
set(CPACK_SONDE_SOURCE ${CMAKE_SOURCE_DIR})
include(CPack)
